import { remembered } from '../../remembered'
import type { Headers } from '../../transport/headers'
import type { RateLimit } from '../call'

const MOST_RATE_LIMITS = 16
const LONGEST_IN_ONE = 500

type Part = 'limit' | 'remaining' | 'reset'

interface Named {
  readonly part?: string | undefined
  readonly budget?: string | undefined
}
const NO_NAME: Named = {}

/**
 * How servers name the parts of a budget: OpenAI's (any budget, so new ones need no new code), Azure's
 * `x-rate-limit-reset-tokens`, Anthropic's with the part at the end, names without a budget (OpenRouter, the IETF's
 * draft), which count requests, and Together's and Mistral's of their own for tokens.
 */
const NAMES: readonly ((name: string) => Named)[] = [
  name => /^x-rate-?limit-(?<part>limit|remaining|reset)-(?<budget>[a-z0-9_-]{1,40})$/.exec(name)?.groups ?? NO_NAME,
  name =>
    /^anthropic-ratelimit-(?<budget>[a-z0-9_-]{1,40})-(?<part>limit|remaining|reset)$/.exec(name)?.groups ?? NO_NAME,
  name => {
    const part = /^(?:x-)?rate-?limit-(?<part>limit|remaining|reset)$/.exec(name)?.groups?.part
    return part === undefined ? NO_NAME : { part, budget: 'requests' }
  },
  name => {
    const part = /^(?:x-tokenlimit|ratelimitbysize)-(?<part>limit|remaining|reset)$/.exec(name)?.groups?.part
    return part === undefined ? NO_NAME : { part, budget: 'tokens' }
  },
]
const namedBy = NAMES.map(read => remembered(read))
const isLimit = remembered((name: string) => /rate-?limit|tokenlimit/.test(name))

/** Budgets in one header, of the IETF's drafts: `limit=100, remaining=50, reset=30`, later `"default";r=50;t=30`. */
const IN_ONE: readonly string[] = ['ratelimit-policy', 'ratelimit']
const PARTS_IN_ONE: readonly (readonly [part: Part, form: RegExp])[] = [
  ['limit', /\b(?:limit|q)=(\d+)/],
  ['remaining', /\b(?:remaining|r)=(\d+)/],
  ['reset', /\b(?:reset|t)=(\d+)/],
]

/** LiteLLM hands on what the provider behind it said under this prefix; what it says itself goes before. */
const HANDED_ON = 'llm_provider-'

/** The budgets of the rate limit by their names, `requests` and `tokens` among them. `now` is epoch milliseconds. */
export function rateLimits(response: Headers, now: number): Map<string, RateLimit> {
  const own: [name: string, value: string][] = []
  const handedOn: typeof own = []
  for (const [name, value] of response) {
    if (!isLimit(name)) continue
    if (name.startsWith(HANDED_ON)) handedOn.push([name.slice(HANDED_ON.length), value])
    else own.push([name, value])
  }
  const limits = new Map<string, RateLimit>()
  const all = [...own, ...handedOn]
  for (const named of namedBy) {
    for (const [name, value] of all) addLimit(limits, named(name), value, now)
  }
  for (const name of IN_ONE) addInOne(limits, response.get(name), now)
  return limits
}

function addInOne(limits: Map<string, RateLimit>, told: string | undefined, now: number): void {
  if (told === undefined) return
  for (const [part, form] of PARTS_IN_ONE) {
    const value = form.exec(told.slice(0, LONGEST_IN_ONE))?.[1]
    if (value !== undefined) addLimit(limits, { part, budget: 'requests' }, value, now)
  }
}

/** What has been said already stays: the surest names are read first. */
function addLimit(limits: Map<string, RateLimit>, { part, budget }: Named, value: string, now: number) {
  if (budget === undefined || !isPart(part)) return
  const key = part === 'reset' ? 'resetMs' : part
  const limit = limits.get(budget) ?? {}
  const read = part === 'reset' ? resetMs(value, now) : amountIn(value)
  if (read === undefined || limit[key] !== undefined) return
  if (limits.has(budget) || limits.size < MOST_RATE_LIMITS) limits.set(budget, { ...limit, [key]: read })
}

function isPart(part: string | undefined): part is Part {
  return part === 'limit' || part === 'remaining' || part === 'reset'
}

/** `60`, `1,000,000`, `60, 60;w=60` of the IETF's draft. Azure's -1 is none, and who says 2^63 - 1 has no bound. */
function amountIn(value: string): number | undefined {
  const text = /^\s*(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(?:[,;].*)?$/.exec(value)?.[1]
  const amount = text === undefined ? undefined : Number(text.replaceAll(',', ''))
  return amount === undefined || amount > Number.MAX_SAFE_INTEGER ? undefined : amount
}

/** A second of 2001 in seconds: a number of so many seconds is a time, for no budget takes 31 years to be whole. */
const LEAST_EPOCH_S = 1e9
/** From there on the number counts a thousandth of what it counted before: milli-, micro-, nanoseconds. */
const THOUSANDFOLD = 1000

/** A duration, or a time (epoch, ISO, an HTTP date) as the time that is left until then. Milliseconds, none negative. */
export function resetMs(value: string, now: number): number | undefined {
  const time = timeOf(value.trim())
  return time === undefined ? durationMs(value) : Math.max(0, time - now)
}

function timeOf(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    let seconds = Number(text)
    if (seconds < LEAST_EPOCH_S) return undefined
    while (seconds >= LEAST_EPOCH_S * THOUSANDFOLD && Number.isFinite(seconds)) seconds /= THOUSANDFOLD
    return finite(seconds * 1000)
  }
  // A date must look like one: Date.parse makes something of almost any text.
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} /.test(text)
    ? finite(Date.parse(text))
    : undefined
}

const UNITS: Record<string, number> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
}

/** `20ms`, `6m0s`, `1h2m3.5s`; Azure sends bare seconds. Milliseconds. */
export const durationMs = remembered(readDuration)

function readDuration(value: string): number | undefined {
  const trimmed = value.trim().replace(/(?<=[a-z]) +(?=\d)/g, '')
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return finite(Number(trimmed) * 1000)
  if (!/^(?:\d+(?:\.\d+)?(?:d|h|m|s|ms|us|µs|ns)){1,7}$/.test(trimmed)) return undefined
  let total = 0
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|us|µs|ns|s)/g)) {
    total += Number(count) * (UNITS[unit ?? ''] ?? 0)
  }
  return finite(total)
}

function finite(n: number): number | undefined {
  return Number.isFinite(n) ? n : undefined
}
