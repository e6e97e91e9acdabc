import type { Config } from '../config'
import type { Wanted } from '../openai/read/read'
import type { CallEnd } from './sink'

/** Of all sinks of a call. Asked once, when it has ended and before it is read. */
export function wantedBy(ends: readonly CallEnd[], config: Config): Wanted {
  const sample = ends.some(end => end.wantsSample?.() === true)
  const wire = ends.some(end => end.wantsWire?.() === true)
  return { sample, wire, textChars: config.captureContent ? charsWanted(ends, config, sample) : 0 }
}

/** The app's own redaction is promised whole texts. */
function charsWanted(ends: readonly CallEnd[], { redact }: Config, sample: boolean): number {
  const most = Math.max(0, ...ends.map(end => end.textChars?.() ?? 0))
  return sample || (most > 0 && redact !== undefined) ? Number.POSITIVE_INFINITY : most
}
