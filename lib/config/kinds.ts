import { PATTERNS } from '../redact/patterns'
import { isOutputName, OUTPUT_NAMES } from '../sinks/outputs'
import type { OutputName } from './config'
import { LONGEST_SAID } from './shown'
import { writtenListTooLarge } from './size'

/** What a setting may be: how a variable's text becomes its value, and which values in code are taken. */
export interface Kind<T> {
  /** Ends the sentence "… is not": `a whole number from 0`. */
  readonly expects: string
  /** The same of a value in code, where that is another. */
  readonly inCode?: string
  /** Undefined for a text that it cannot use. Is given no blank ones. */
  parse(text: string): T | undefined
  /** Undefined for a value that it cannot use. */
  accept(value: unknown): T | undefined
  /** What is to be said of a variable's text that is larger than any; that of a single text where it is not told. */
  tooLarge?(text: string): string | undefined
  /** What is to be said of a text that is used all the same. */
  remark?(text: string): string | undefined
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  1: true,
  yes: true,
  on: true,
  false: false,
  0: false,
  no: false,
  off: false,
}

export const flag: Kind<boolean> = {
  expects: 'true or false',
  parse: text => (Object.hasOwn(FLAGS, text.toLowerCase()) ? FLAGS[text.toLowerCase()] : undefined),
  accept: value => (typeof value === 'boolean' ? value : undefined),
}

/** OpenTelemetry's switch for content, whose newer values say where it goes: we have spans, and no events. */
const ON_SPANS: Readonly<Record<string, boolean>> = {
  span_only: true,
  span_and_event: true,
  event_only: false,
  no_content: false,
}

export const contentSwitch: Kind<boolean> = {
  ...flag,
  expects: 'true, false, SPAN_ONLY, EVENT_ONLY, SPAN_AND_EVENT or NO_CONTENT',
  inCode: flag.expects,
  parse: text => (Object.hasOwn(ON_SPANS, text.toLowerCase()) ? ON_SPANS[text.toLowerCase()] : flag.parse(text)),
}

export const text = ofText('a text', value => value)

export const rate = ofNumber('a number from 0 to 1', value => value >= 0 && value <= 1)

export function whole(least: number): Kind<number> {
  return ofNumber(`a whole number from ${least}`, value => Number.isSafeInteger(value) && value >= least)
}

export const port = ofNumber(
  'a port from 1 to 65535',
  value => Number.isInteger(value) && value >= 1 && value <= 65_535,
)

export const names = ofNames('a comma-separated list', 'a list of texts', entries => entries)

/** Built-in patterns, by their names: one that does not exist would leave in what it was meant to take out. */
const OF_PATTERNS = `a list of ${Object.keys(PATTERNS).join(', ')}`
export const patterns = ofNames(OF_PATTERNS, OF_PATTERNS, entries => {
  const lower = entries.map(entry => entry.toLowerCase())
  return lower.every(name => Object.hasOwn(PATTERNS, name)) ? lower : undefined
})

const OF_OUTPUTS = `a list of ${OUTPUT_NAMES.join(', ')}`
export const outputs = ofNames<OutputName>(OF_OUTPUTS, OF_OUTPUTS, entries => {
  const lower = entries.map(entry => entry.toLowerCase())
  const known = lower.filter(isOutputName)
  return known.length === lower.length ? [...new Set(known)] : undefined
})

export const httpUrl = ofText('an http or https URL', value =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? value : undefined,
)

/** Of an API. Without a scheme it can be recognised all the same, but no client can use it. */
export const baseUrl: Kind<string> = {
  ...ofText('a URL', value => {
    const url = withScheme(value)
    return URL.canParse(url) && /^(?:https?|wss?):$/.test(new URL(url).protocol) ? value : undefined
  }),
  remark: value => {
    const url = withScheme(value)
    return url === value ? undefined : `has no scheme, which clients need; write ${url.slice(0, LONGEST_SAID)}`
  },
}

/** What names a port, or has no dot (`localhost`), is hardly on the internet. */
function withScheme(url: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url
  return `${/^[^./]*(?:\/|$)|^[^/]*:\d+/.test(url) ? 'http' : 'https'}://${url}`
}

export const site = ofText('a host name such as datadoghq.eu', value =>
  /^[a-z0-9.-]+$/i.test(value) ? value.toLowerCase() : undefined,
)

/** A function of the app's: in code only. */
export function hook<F extends (...args: never) => unknown>(isHook: (value: unknown) => value is F): Kind<F> {
  return { expects: 'a function', parse: () => undefined, accept: value => (isHook(value) ? value : undefined) }
}

/** The same, as the one entry of a list. */
export function hooks<F extends (...args: never) => unknown>(
  isHook: (value: unknown) => value is F,
): Kind<readonly F[]> {
  return { ...hook(isHook), parse: () => undefined, accept: value => (isHook(value) ? [value] : undefined) }
}

function ofText(expects: string, read: (value: string) => string | undefined): Kind<string> {
  return { expects, parse: read, accept: value => (typeof value === 'string' ? read(value.trim()) : undefined) }
}

function ofNumber(expects: string, fits: (value: number) => boolean): Kind<number> {
  const read = (value: number): number | undefined => (Number.isFinite(value) && fits(value) ? value : undefined)
  return {
    expects,
    parse: value => read(Number(value)),
    accept: value => (typeof value === 'number' ? read(value) : undefined),
  }
}

/** In code it is a list of texts, which is copied: the app may change its own. */
function ofNames<T extends string = string>(
  expects: string,
  inCode: string,
  read: (entries: readonly string[]) => readonly T[] | undefined,
): Kind<readonly T[]> {
  const taken = (entries: readonly string[]): readonly T[] | undefined => {
    const trimmed = entries.map(name => name.trim()).filter(name => name !== '')
    const chosen = read(trimmed)
    return chosen === undefined ? undefined : Object.freeze([...chosen])
  }
  return {
    expects,
    inCode,
    tooLarge: writtenListTooLarge,
    parse: value => taken(value.split(',')),
    accept: value => {
      if (!Array.isArray(value)) return undefined
      // Not by its iterator, which may be the app's own, and endless.
      const entries = Array.from({ length: value.length }, (_, i): unknown => value[i])
      return entries.every(entry => typeof entry === 'string') ? taken(entries) : undefined
    },
  }
}
