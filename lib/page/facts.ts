import type { Call } from '../openai/call'
import type { Json } from '../openai/json'
import { count, dollars, duration } from '../view/amounts'
import type { Pair } from './pair'

export function summaryOf(call: Call): readonly Pair[] {
  const { stream, error, http, attempt = 1, retryWaitMs } = call
  return [
    ['Address', http.url],
    ['Status', String(http.status ?? '')],
    ['Error', error === undefined ? '' : `${error.kind}: ${error.message}`],
    ['Not whole', call.incomplete ?? ''],
    ['Model', call.model ?? ''],
    ['Answered by', call.responseModel ?? ''],
    ['Duration', duration(call.durationMs)],
    ['First token', duration(stream?.firstTokenMs)],
    ['Longest silence', duration(stream?.longestGapMs)],
    ['Server time', duration(call.processingMs)],
    ['Attempt', attempt > 1 ? `${attempt}, waited ${duration(retryWaitMs)}` : ''],
    ['Retry after', duration(call.retryAfterMs)],
    ['Service tier', call.serviceTier ?? ''],
    ['Client', call.caller.client ?? ''],
    ['Request id', call.caller.requestId ?? ''],
    ['Trace', call.trace?.traceId ?? ''],
    ['Not read', call.unparsed.join(', ')],
  ]
}

export function usageOf({ usage = {}, estimated }: Call): readonly Pair[] {
  const counts = Object.entries(usage).map(([name, value]): Pair => [wordsOf(name), count(value)])
  return [...counts, ['Counted by us', estimated === undefined ? '' : 'yes: the server told none']]
}

export function costOf({ cost, costDetails }: Call): readonly Pair[] {
  const parts = Object.entries(costDetails?.parts ?? {}).map(([name, value]): Pair => [wordsOf(name), dollars(value)])
  return [
    ['Cost', dollars(cost)],
    ...parts,
    ['No known price of', (costDetails?.missing ?? []).map(String).join(', ')],
    ['Source', costDetails === undefined ? '' : String(costDetails.source)],
  ]
}

/** As the server applied them; where content is not shown, as the request had them. */
export function parametersOf({ parameters, request }: Call): readonly Pair[] {
  const told = parameters ?? Object.fromEntries(request.fields)
  return Object.entries(told).map(([name, value]) => [name, textOf(value)])
}

export function limitsOf({ rateLimits }: Call): readonly Pair[] {
  return [...rateLimits].map(([budget, { limit, remaining, resetMs }]) => [
    budget,
    `${count(remaining) || '?'} of ${count(limit) || '?'} left${resetMs === undefined ? '' : `, whole in ${duration(resetMs)}`}`,
  ])
}

export function tagsOf({ tags }: Call): readonly Pair[] {
  return Object.entries(tags)
}

/** `cachedInput`: cached input. */
export function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
