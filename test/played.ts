import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { withTags } from '../lib'
import type { ReceivedMetric } from '../lib/local/receiver/dogstatsd-line'
import type { Span } from '../lib/local/receiver/spans'
import { loadTapes, requestBytes, responseBytes, type Tape } from '../lib/local/tapes/tape'
import type { JsonObject } from '../lib/openai/json'
import { startWorld, type World } from './world'

/** What the embedded agent received when every tape was played through real clients. */
export interface Played {
  readonly tapes: ReadonlyMap<string, Tape>
  /** Of every call, those of `trouble` too. */
  readonly spans: readonly Span[]
  readonly metrics: readonly Point[]
  readonly entries: readonly JsonObject[]
}

/** A metric with its tags taken apart. */
export interface Point extends Omit<ReceivedMetric, 'tags'> {
  readonly tags: ReadonlyMap<string, string>
}

/** The tag of the app's own that says on span, metric and log alike which tape a call was answered from. */
export const TAPE = 'tape'
/** Value of that tag on the calls that no tape has: left, broken off, tried again. */
export const TROUBLE = 'trouble'

/** Starts a world, plays every tape once, by fetch and node:http in turn, and stops when all has arrived. */
export async function playTapes(): Promise<Played> {
  const world = await startWorld({ logsEnabled: true, logSampleRate: 1, version: '1.2.3', metricTags: [TAPE] })
  const tapes = loadTapes()
  for (const [i, tape] of tapes.entries()) {
    const send = i % 2 === 0 ? byFetch : byHttp
    await withTags({ [TAPE]: tape.name }, () => send(world, tape))
    if (i % 25 === 24) await world.handle.flush()
  }
  const troubles = await withTags({ [TAPE]: TROUBLE }, () => trouble(world))
  // What is still open ends here, as abandoned.
  await world.handle.stop()
  const calls = tapes.length + troubles
  const { agent, dogstatsd, intake } = world.datadog
  await agent.waitFor(all => all.filter(isOurs).length >= calls)
  const durations = (all: readonly ReceivedMetric[]) =>
    all.flatMap(({ name, values }) => (name === 'openai.request.duration' ? values : []))
  await dogstatsd.waitFor(all => durations(all).length >= calls)
  await intake.waitFor(calls)
  await world.stop()
  return {
    tapes: new Map(tapes.map(tape => [tape.name, tape])),
    spans: agent.spans().filter(isOurs),
    metrics: dogstatsd.metrics().map(metric => ({ ...metric, tags: new Map(metric.tags.map(pair)) })),
    entries: intake.entries(),
  }
}

function isOurs({ name }: Span): boolean {
  return name === 'openai.request'
}

function pair(tag: string): [string, string] {
  const colon = tag.indexOf(':')
  return [tag.slice(0, colon), tag.slice(colon + 1)]
}

async function byFetch({ openai }: World, tape: Tape, more: Record<string, string> = {}): Promise<Response> {
  const body = requestBytes(tape)
  const headers = { ...headersOf(tape), ...more }
  const init = { method: tape.request.method, headers, ...(body.length > 0 ? { body } : {}) }
  const response = await fetch(urlOf(openai.origin, tape), init)
  if (more['x-answer'] === undefined) await response.arrayBuffer()
  return response
}

function byHttp({ openai }: World, tape: Tape): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { method: tape.request.method, headers: headersOf(tape) }
    const request = httpRequest(urlOf(openai.origin, tape), options, response => {
      text(response).then(resolve, reject)
    })
    request.on('error', reject)
    request.end(requestBytes(tape))
  })
}

function urlOf(origin: string, tape: Tape): string {
  const { pathname, search } = new URL(tape.request.url)
  return `${origin}${pathname}${search}`
}

function headersOf(tape: Tape): Record<string, string> {
  return { ...tape.request.headers, authorization: 'Bearer sk-test-of-dashboards-0123', 'x-tape': tape.name }
}

/** Its stream has many events, its model a price, its head every header. */
const STREAMED = 'golden-seed-chat-completion-async-stream'

/** Its last event but the end tells the usage. */
const WITH_USAGE = 'js-chat-completion-stream-1'

/**
 * A stream that is left, one that is kept and never read on, one that breaks off, another at its very end, a 429 that is tried again, and an
 * answer whose way took longer than its making.
 */
async function trouble(world: World): Promise<number> {
  const tape = loadTapes().find(({ name }) => name === STREAMED)
  if (tape === undefined) throw new Error(`no tape ${STREAMED}`)
  const answered = (answer: object, more = {}) => byFetch(world, tape, { 'x-answer': JSON.stringify(answer), ...more })
  const halfWay = { afterBytes: 1500 }

  const left = await answered({ fault: { kind: 'hang', ...halfWay } })
  const reader = left.body?.getReader()
  await reader?.read()
  await reader?.cancel()

  const kept = await answered({ fault: { kind: 'hang', ...halfWay } })
  await kept.body?.getReader().read()

  const broken = await answered({ fault: { kind: 'reset', ...halfWay } })
  await broken.text().catch(() => {})

  // All is told but the end: it is paid for, and an error.
  const used = loadTapes().find(({ name }) => name === WITH_USAGE)
  if (used === undefined) throw new Error(`no tape ${WITH_USAGE}`)
  const fault = { kind: 'reset', afterBytes: responseBytes(used).length - 8 }
  const late = await byFetch(world, used, {
    'x-answer': JSON.stringify({ fault, headers: { 'openai-organization': 'acme' } }),
  })
  await late.text().catch(() => {})

  const refused = await answered({ status: 429 })
  await refused.text()
  const again = await answered({}, { 'x-stainless-retry-count': '1' })
  await again.text()

  const faraway = await answered({ headDelayMs: 300, headers: { 'openai-processing-ms': '1' } })
  await faraway.text()
  return 7
}
