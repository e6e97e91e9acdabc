import type { Config } from '../config'
import type { Call, CallError, Fact, Facts } from '../openai/call'
import type { Json, JsonObject } from '../openai/json'
import { createRedactor, mapStrings, type Redactor, scrubSecret } from '.'

/** Decides what of a call's texts may leave the process, before any sink sees it. */
export type ContentFilter = (call: Call, secrets: readonly string[]) => Call

const NONE: ReadonlyMap<string, string> = new Map()

/**
 * With capture off, no prompt and no output is left, nor an error's message, which may echo them; with it on, each text
 * is redacted. The call's own key is taken out of every text wherever it is echoed.
 */
export function createContentFilter(config: Config): ContentFilter {
  const redactor = createRedactor({
    patterns: config.redactPatterns,
    ...(config.redact === undefined ? {} : { hook: config.redact }),
  })
  return (call, secrets) => {
    const clean = config.captureContent ? redacted(call, redactor) : withoutContent(call)
    return secrets.length === 0 ? clean : scrubbed(clean, secrets)
  }
}

function withoutContent(call: Call): Call {
  const { error } = call
  return {
    ...call,
    request: { fields: call.request.fields, content: NONE },
    response: { fields: call.response.fields, content: NONE },
    sample: {},
    ...(error === undefined ? {} : { error: { ...error, message: error.code ?? error.type ?? error.class } }),
  }
}

function redacted(call: Call, redactor: Redactor): Call {
  const { error } = call
  const texts = (facts: Facts, side: string): Facts => ({
    fields: facts.fields,
    content: mapped(facts.content, (text, key) => redactor.redact(text, `${side}.${key}`)),
  })
  return {
    ...call,
    request: texts(call.request, 'request'),
    response: texts(call.response, 'response'),
    sample: eachText(call.sample, (value, name) => redactor.redactJson(value, name)),
    ...(error === undefined
      ? {}
      : { error: { ...error, message: redactor.redact(error.message, 'error.message') ?? error.class } }),
  }
}

function scrubbed(call: Call, secrets: readonly string[]): Call {
  const scrub = (text: string): string => scrubSecret(text, secrets)
  const facts = ({ fields, content }: Facts): Facts => ({
    fields: mapped<Fact>(fields, value => (typeof value === 'string' ? scrub(value) : value)),
    content: mapped(content, scrub),
  })
  return {
    ...call,
    request: facts(call.request),
    response: facts(call.response),
    sample: eachText(call.sample, value => mapStrings(value, scrub)),
    ...(call.error === undefined ? {} : { error: scrubbedError(call.error, scrub) }),
  }
}

const TEXTS_OF_ERROR = ['message', 'stack', 'type', 'code', 'param'] as const

function scrubbedError(error: CallError, scrub: (text: string) => string): CallError {
  const clean = { ...error }
  for (const name of TEXTS_OF_ERROR) {
    const text = clean[name]
    if (text !== undefined) clean[name] = scrub(text)
  }
  return clean
}

function eachText(sample: Call['sample'], change: (value: Json, name: string) => Json | undefined): JsonObject {
  const changed: JsonObject = {}
  for (const [name, value] of Object.entries(sample)) {
    const next = change(value, name)
    if (next !== undefined) changed[name] = next
  }
  return changed
}

function mapped<T>(map: ReadonlyMap<string, T>, change: (value: T, key: string) => T | undefined): Map<string, T> {
  const changed = new Map<string, T>()
  for (const [key, value] of map) {
    const next = change(value, key)
    if (next !== undefined) changed.set(key, next)
  }
  return changed
}
