import type { Config } from '../config'
import type { Call, CallError, Fact, Facts } from '../openai/call'
import { isObject, type Json, type JsonObject } from '../openai/json'
import { isContent, isNamed, METADATA } from '../openai/readers/content-names'
import { pause } from '../turns'
import { createRedactor, type Redactor } from '.'
import { scrubFor, scrubInTurnsFor } from './known'
import { rewriteInTurns, rewriteRecord } from './record'
import type { Scrub } from './scrub'
import type { Secret } from './secret'
import { textsIn } from './texts'

/** Decides what of a call's texts may leave the process, before any sink sees it. */
export interface ContentFilter {
  (call: Call, secrets: readonly Secret[]): Call
  /** The same, in slices: texts may be many, or megabytes. */
  inTurns(call: Call, secrets: readonly Secret[]): Promise<Call>
}

const NO_NAMES: ReadonlyMap<string, string> = new Map()

/**
 * First the call's credentials are taken out of whatever text or name echoes them. Then, with capture off, no prompt and
 * no output is left, nor an error's message, which may echo them. What is left is redacted: by the built-in patterns
 * every text and name, by the app's function prompts, outputs, error messages and names that somebody chose.
 */
export function createContentFilter(config: Config): ContentFilter {
  const { redactPatterns: patterns, redact: hook, metricTags } = config
  const builtIn = createRedactor({ patterns })
  const ofApp = hook === undefined ? undefined : createRedactor({ patterns: [], hook })
  const kept = (scrubbed: Call): Call => (config.captureContent ? scrubbed : withoutContent(scrubbed, metricTags))
  const hooked = (clean: Call): Call => (ofApp === undefined ? clean : withHook(clean, ofApp))
  const filter = (call: Call, secrets: readonly Secret[]): Call => {
    const left = kept(secrets.length === 0 ? call : rewriteRecord(call, scrubFor(secrets)))
    return hooked(patterns.length === 0 ? left : withIds(left, rewriteRecord(withoutIds(left), cleaned(builtIn))))
  }
  const inTurns = async (call: Call, secrets: readonly Secret[]): Promise<Call> => {
    const left = kept(secrets.length === 0 ? call : await rewriteInTurns(call, await scrubInTurnsFor(secrets)))
    if (patterns.length === 0) return hooked(left)
    await pause()
    const redactor = await builtIn.ahead(textsIn(left))
    return hooked(withIds(left, await rewriteInTurns(withoutIds(left), cleaned(redactor))))
  }
  return Object.assign(filter, { inTurns })
}

/** `metadata` stays where the operator has asked for it on metrics. */
export function withoutContent(call: Call, metricTags: readonly string[]): Call {
  const isLeft = (key: string): boolean => !key.startsWith(METADATA) || metricTags.includes(key)
  const fieldsOf = ({ fields }: Facts): Facts['fields'] => new Map([...fields].filter(([key]) => isLeft(key)))
  const { serviceTier, parameters, ...rest } = call
  const fields = [fieldsOf(call.request), fieldsOf(call.response)] as const
  return {
    ...rest,
    ...(serviceTier !== undefined && WORD.test(serviceTier) ? { serviceTier } : {}),
    ...(parameters === undefined ? {} : { parameters: plainParameters(parameters, fields) }),
    request: { fields: fields[0], content: NO_NAMES },
    response: { fields: fields[1], content: NO_NAMES },
    sample: {},
    ...(call.error === undefined ? {} : { error: withoutWords(call.error) }),
  }
}

/** Of the parameters those that are left as fields: whatever else is in them may be content. */
function plainParameters(
  parameters: Readonly<Record<string, Json>>,
  fields: readonly Facts['fields'][],
  prefix = '',
): JsonObject {
  const left: [string, Json][] = []
  for (const [name, value] of Object.entries(parameters)) {
    const path = prefix + name
    if (isObject(value)) {
      const inner = plainParameters(value, fields, `${path}.`)
      if (Object.keys(inner).length > 0) left.push([name, inner])
    } else if (isWords(value) && fields.some(found => found.has(path))) left.push([name, value])
  }
  return Object.fromEntries(left)
}

/** Settings are words and numbers. */
function isWords(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isWords)
  return typeof value === 'string' ? WORD.test(value) : !isObject(value)
}

const WORD = /^[\w.[\]:/-]{1,100}$/

/** An error's class and codes; a server may put prose into its codes too. */
function withoutWords({ message, type, code, param, ...rest }: CallError): CallError {
  const words = Object.fromEntries(
    Object.entries({ type, code, param }).filter(([, value]) => value !== undefined && WORD.test(value)),
  )
  return { ...rest, ...words, message: words.code ?? words.type ?? rest.class }
}

function cleaned({ redact }: Redactor): Scrub {
  return text => redact(text, '') ?? ''
}

/** The trace's ids are long numbers, and no card. */
function withoutIds({ trace, session, turn, ...call }: Call): Call {
  return call
}

function withIds({ trace, session, turn }: Call, clean: Call): Call {
  return {
    ...clean,
    ...(trace === undefined ? {} : { trace }),
    ...(session === undefined ? {} : { session }),
    ...(turn && { turn }),
  }
}

function withHook(call: Call, { redact, redactJson }: Redactor): Call {
  const { error } = call
  const texts = ({ fields, content }: Facts, side: string): Facts => ({
    fields: mapped<Fact>(fields, (value, key) =>
      typeof value === 'string' && isNamed(key) ? redact(value, `${side}.${key}`) : value,
    ),
    content: mapped(content, (text, key) => redact(text, `${side}.${key}`)),
  })
  // A setting that is one word is left to say what it says.
  const ofParameter = (value: Json, name: string): Json | undefined =>
    typeof value !== 'object' && !isNamed(name) && !isContent(name, String(value)) ? value : redactJson(value, name)
  return {
    ...call,
    request: texts(call.request, 'request'),
    response: texts(call.response, 'response'),
    sample: eachText(call.sample, redactJson),
    ...(call.parameters === undefined ? {} : { parameters: eachText(call.parameters, ofParameter) }),
    ...(error === undefined
      ? {}
      : { error: { ...error, message: redact(error.message, 'error.message') ?? error.class } }),
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
