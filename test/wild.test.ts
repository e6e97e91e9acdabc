import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Agent, FormData, fetch } from 'undici'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listen } from '../lib/local/listen'
import type { Span } from '../lib/local/receiver/spans'
import { field, isObject, type Json, list, num, str } from '../lib/openai/json'
import { startWorld, type World } from './world'

/**
 * What servers really answer, as public bug reports tell it, read off what the agent received. The hosts are the
 * providers' own; every connection leads to this process.
 */
interface Answered {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: Json
  readonly events?: Json[]
  readonly doneSent?: boolean
}

/** JSON, or a form whose `file` is a file. */
type Sent = { readonly body: Json } | { readonly form: Readonly<Record<string, string>> }

interface Case {
  readonly id: string
  readonly request: { method: string; url: string; headers?: Record<string, string | null> } & Sent
  readonly response: Answered
  readonly expect: Readonly<Record<string, Json>>
  /** Answered so when it is asked for the first time; it is then asked again, and that is looked at. */
  readonly before?: Answered
  /** Why what is expected is not so yet. */
  readonly pending?: string
}

const cases: readonly Case[] = JSON.parse(readFileSync(join(__dirname, 'data', 'wild.json'), 'utf8'))

interface Context {
  world: World
  server: Server
  port: number
  agent: Agent
}

const wild = suite<Context>('what servers really answer')
let answering: Answered | undefined

wild.before(async context => {
  context.server = createServer((request, response) => {
    request.resume().on('end', () => void answer(response, answering))
  })
  context.port = await listen(context.server, 0, '127.0.0.1')
  context.agent = new Agent({
    connect: (_, callback) => {
      const socket = connect(context.port, '127.0.0.1', () => callback(null, socket))
      socket.on('error', error => callback(error, null))
    },
  })
  const hosts = new Set(cases.map(({ request: { url } }) => hostOf(url, context.port)))
  context.world = await startWorld({ hosts: [...hosts], spanCharLimit: 500 })
})
wild.after(async ({ world, server, agent }) => {
  await agent.destroy()
  server.closeAllConnections()
  await Promise.all([new Promise(resolve => server.close(resolve)), world.stop()])
})

for (const each of cases) {
  const test = each.pending === undefined ? wild : wild.skip
  test(each.id, async context => {
    const { span, metrics } = await seen(context, each)
    const wrong = Object.entries(each.expect).flatMap(([name, expected]) => {
      const value = name.startsWith('metric:') ? metrics.get(name.slice('metric:'.length)) : told(span, name)
      return meets(value, expected) ? [] : [{ name, expected, value: value ?? null }]
    })
    assert.equal(wrong, [])
  })
}

wild('a case that is put off says why', () => {
  for (const { id, pending } of cases) assert.ok(pending === undefined || pending.length > 20, id)
})

wild.run()

function hostOf(url: string, port: number): string {
  return url.startsWith('$HTTP') ? `127.0.0.1:${port}` : new URL(url).hostname
}

async function seen(context: Context, each: Case): Promise<{ span: Span; metrics: Map<string, number> }> {
  const { world } = context
  const answers = each.before === undefined ? [each.response] : [each.before, each.response]
  const before = world.datadog.dogstatsd.metrics().length
  const spans = await world.spansOf(answers.length, async () => {
    for (const response of answers) {
      answering = response
      await ask(context, each)
    }
  })
  const span = spans.at(-1)
  if (span === undefined) throw new Error('no span')
  const durations = (): number =>
    world.datadog.dogstatsd
      .metrics()
      .slice(before)
      .flatMap(({ name, values }) => (name === 'openai.request.duration' ? values : [])).length
  await world.datadog.dogstatsd.waitFor(() => durations() >= answers.length)
  const points = world.datadog.dogstatsd.metrics().slice(before)
  return { span, metrics: new Map(points.map(({ name, values }) => [name, Number(values.at(-1))])) }
}

async function ask({ port, agent }: Context, { request }: Case): Promise<void> {
  const headers = Object.entries({
    authorization: 'Bearer sk-test-of-the-wild-0123',
    ...('form' in request ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
  }).filter((entry): entry is [string, string] => entry[1] !== null)
  const response = await fetch(request.url.replace('$HTTP', `http://127.0.0.1:${port}`), {
    method: request.method,
    headers,
    body: 'form' in request ? formOf(request.form) : JSON.stringify(request.body),
    dispatcher: agent,
  })
  await response.text()
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'file') form.set(name, new Blob([value]), 'said.mp3')
    else form.set(name, value)
  }
  return form
}

async function answer(response: ServerResponse, told: Answered | undefined): Promise<void> {
  const { status = 500, headers = {}, body = null, events, doneSent = false } = told ?? {}
  if (events === undefined) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
    return
  }
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers })
  for (const event of events) {
    const wait = num(field(event, '$waitMs'))
    if (wait !== undefined) await new Promise(resolve => setTimeout(resolve, wait))
    else response.write(typeof event === 'string' ? event : `data: ${JSON.stringify(unfolded(event))}\n\n`)
  }
  response.end(doneSent ? 'data: [DONE]\n\n' : '')
}

/** `{$repeat: [text, n]}` is a long text. */
function unfolded(value: Json): Json {
  if (!isObject(value)) return value
  const [text, count] = list(value.$repeat)
  if (typeof text === 'string' && typeof count === 'number') return text.repeat(count)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unfolded(member)]))
}

function told(span: Span, name: string): string | number | undefined {
  return name === 'resource' ? span.resource : (span.metrics[name] ?? span.meta[name])
}

/** A value, or what is said of one: `{absent}`, `{present}`, `{matches}`, `{atLeast}`, `{atMost}`, each maybe `orAbsent`. */
function meets(value: string | number | undefined, expected: Json): boolean {
  if (!isObject(expected)) return typeof expected === 'number' ? isClose(Number(value), expected) : value === expected
  if (value === undefined) return expected.absent === true || expected.orAbsent === true
  if (expected.absent === true) return false
  const matches = str(expected.matches)
  if (matches !== undefined && !String(value).includes(matches)) return false
  if (Number(value) < (num(expected.atLeast) ?? Number.NEGATIVE_INFINITY)) return false
  return !(Number(value) > (num(expected.atMost) ?? Number.POSITIVE_INFINITY))
}

/** Dollars are sums of products: not equal to the last bit. */
function isClose(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= Math.abs(expected) * 1e-9
}
