import { tally } from '../counters'
import type { Json } from '../openai/json'
import { sayOnce } from '../say'
import { pause } from '../turns'
import { cleanInPieces } from './in-pieces'
import { PATTERNS, type Pattern } from './patterns'
import { mapStrings } from './strings'

export interface RedactorOptions {
  /** Names of built-in patterns: `key`, `bearer`, `email`, `card`. */
  patterns: readonly string[]
  /** The app's own: is given each text after the patterns, and where it belongs (`messages`, `completion` …). */
  hook?: ((value: string, where: string) => string) | undefined
}

/** Takes out of prompts and outputs what must not leave the process. */
export interface Redactor {
  /** Undefined: the text is left out, because the hook threw or gave no string. */
  redact(value: string, where: string): string | undefined
  /** The same for every text inside a value, the built-in patterns for the names of fields too. */
  redactJson(value: Json, where: string): Json | undefined
  /** The same redactor when the patterns have been applied to these texts, which is done in slices. */
  ahead(texts: Iterable<string>): Promise<Redactor>
}

export function createRedactor({ patterns, hook }: RedactorOptions): Redactor {
  const chosen = Object.keys(PATTERNS).filter(name => patterns.includes(name))
  const unknown = patterns.filter(name => !Object.hasOwn(PATTERNS, name))
  if (unknown.length > 0) {
    sayOnce('redact', `INTERCEPTOR_REDACT: no such pattern: ${unknown.join(', ')}; there are ${patternNames()}`)
  }
  const steps = chosen.map(name => PATTERNS[name]).filter(step => step !== undefined)
  const clean: Pattern = text => steps.reduce((rest, step) => step(rest), text)
  return redactorOf(steps, clean, hook)
}

function redactorOf(steps: readonly Pattern[], clean: Pattern, hook: RedactorOptions['hook']): Redactor {
  const redact = (text: string, where: string): string | undefined =>
    hook === undefined ? clean(text) : hooked(hook, clean(text), where)
  const nothingToDo = steps.length === 0 && hook === undefined
  return {
    redact,
    redactJson: (value, where) => (nothingToDo ? value : mapStrings(value, text => redact(text, where), clean)),
    async ahead(texts) {
      const known = new Map<string, string>()
      if (steps.length === 0) return this
      for (const text of texts) {
        if (!known.has(text)) known.set(text, await cleaned(text, steps))
        await pause()
      }
      return redactorOf(steps, text => known.get(text) ?? clean(text), hook)
    },
  }
}

async function cleaned(text: string, steps: readonly Pattern[]): Promise<string> {
  let rest = text
  for (const step of steps) rest = await cleanInPieces(rest, step)
  return rest
}

function patternNames(): string {
  return Object.keys(PATTERNS).join(', ')
}

/** A hook that fails leaves the text out: sent raw it might be what the hook was there for. */
function hooked(hook: (value: string, where: string) => unknown, text: string, where: string): string | undefined {
  try {
    const result = hook(text, where)
    if (typeof result === 'string') return result
    // A promise's rejection must not become the app's.
    Promise.resolve(result).catch(() => {})
  } catch {
    // Counted below, like every failure of the hook.
  }
  tally('redact.failed')
  sayOnce('redact.hook', 'the redact function failed or gave no string; such texts are left out')
  return undefined
}
