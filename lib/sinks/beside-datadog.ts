import { hasLlmobs } from '../tracer/llmobs-parent'
import { followProcessor } from '../tracer/llmobs-processor'
import type { EventWriter } from './intake'
import type { OpenOutput, OutputParts } from './outputs'
import type { CallEnd, Sink } from './sink'

// Loaded only where it is on.
const load: () => typeof import('./llmobs/open') = () => require('./llmobs/open')

const NOT_SENT: CallEnd = () => {}

/**
 * LLM Observability beside the output `datadog`: on where `DD_LLMOBS_ENABLED` says so, and where it is on in the tracer,
 * which the app may turn on in code, late, and off again.
 */
export function llmobsBeside(parts: OutputParts): OpenOutput | undefined {
  const { config, tracer } = parts
  if (config.outputs.includes('llmobs') || config.llmobsEnabled === false) return undefined
  if (config.llmobsEnabled === true) return load().openLlmobs(parts)
  return tracer === undefined ? undefined : openedLate(parts, () => hasLlmobs(tracer))
}

/** Opened with the first call that finds it on. */
function openedLate(parts: OutputParts, isOn: () => boolean): OpenOutput {
  // Not late: the app may register one before its first call.
  const processor = followProcessor()
  let opened: OpenOutput | undefined
  const sinks = (): readonly Sink[] => opened?.sinks ?? []
  const writers = (): readonly EventWriter[] => opened?.writers ?? []
  const sink: Sink = {
    open(start) {
      if (!isOn()) return NOT_SENT
      opened ??= load().openLlmobs(parts, processor)
      return sinks()[0]?.open(start) ?? NOT_SENT
    },
    async flush(withinMs) {
      await Promise.all(sinks().map(each => each.flush(withinMs)))
    },
    async stop(withinMs) {
      processor.stop()
      await Promise.all(sinks().map(each => each.stop(withinMs)))
    },
  }
  const writer: EventWriter = {
    write: () => {},
    flush: async () => {},
    stop: async () => {},
    spoolSync() {
      for (const each of writers()) each.spoolSync()
    },
    get counts() {
      return writers()[0]?.counts ?? { written: 0, sent: 0, dropped: 0, spooled: 0, pending: 0 }
    },
  }
  return { sinks: [sink], writers: [writer] }
}
