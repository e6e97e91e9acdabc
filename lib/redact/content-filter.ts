import type { Config } from '../config'
import type { Call, Facts } from '../openai/call'
import type { Json, JsonObject } from '../openai/json'
import { createRedactor, type Redactor } from '.'
import { scrubFor } from './known'
import { scrubRecord } from './record'
import type { Secret } from './secret'

/** Decides what of a call's texts may leave the process, before any sink sees it. */
export type ContentFilter = (call: Call, secrets: readonly Secret[]) => Call

const NONE: ReadonlyMap<string, string> = new Map()

/**
 * With capture off, no prompt and no output is left, nor an error's message, which may echo them; with it on, each text
 * is redacted. Before that the call's credentials are taken out of whatever text or name echoes them.
 */
export function createContentFilter(config: Config): ContentFilter {
  const redactor = createRedactor({
    patterns: config.redactPatterns,
    ...(config.redact === undefined ? {} : { hook: config.redact }),
  })
  return (call, secrets) => {
    const clean = secrets.length === 0 ? call : scrubRecord(call, scrubFor(secrets))
    return config.captureContent ? redacted(clean, redactor) : withoutContent(clean)
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
