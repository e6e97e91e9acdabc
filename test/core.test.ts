import { AsyncLocalStorage } from 'node:async_hooks'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start, withTags } from '../lib'
import { readConfig } from '../lib/config'
import { counters } from '../lib/counters'
import type { Call } from '../lib/openai/call'
import { networkError } from '../lib/openai/read/errors'
import { readHeaders } from '../lib/openai/read/headers'
import { headersOf, unreadCall } from '../lib/openai/read/read'
import { readStream } from '../lib/openai/read/stream'
import { readerFor } from '../lib/openai/readers'
import { createHosts } from '../lib/openai/recognise/hosts'
import { recognise } from '../lib/openai/recognise/recognise'
import { Body } from '../lib/transport/body'
import { Budget } from '../lib/transport/budget'
import { decode } from '../lib/transport/decode'
import { Exchange } from '../lib/transport/exchange'
import { type Job, Work, type WorkBounds } from '../lib/work'
import { startWorld, type World } from './world'

const test = suite<{ world: World }>('whatever goes wrong inside')

test.before(async context => {
  await start({ enabled: false }).stop()
  context.world = await startWorld()
})
test.after(async ({ world }) => world.stop())

const ask = async (world: World): Promise<void> => {
  const headers = { 'x-tape': 'js-chat-completion-01', 'content-type': 'application/json' }
  const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}'
  await (await fetch(`${world.openai.origin}/v1/chat/completions`, { method: 'POST', headers, body })).text()
}

test('what was not enabled does not keep a later start from starting', async ({ world }) => {
  assert.is((await world.spanOf(() => ask(world))).resource, 'createChatCompletion')
})

test('a call that cannot be read ends its span, and says so', async ({ world }) => {
  const { port, hostname } = new URL(world.openai.origin)
  const span = await world.spanOf(
    () =>
      new Promise<void>((resolve, reject) => {
        const asked = request({ host: hostname, port, path: '/v1/models', headers: { 'x-tape': 'none' } }, response => {
          Object.defineProperty(asked, '_header', {
            get: () => {
              throw new Error('the app’s own')
            },
          })
          response.resume().on('end', resolve)
        })
        asked.on('error', reject)
        asked.end()
      }),
  )
  assert.is(span.resource, 'listModels')
  assert.is(span.meta['openai.response.unparsed'], 'request,response')
  assert.is(world.handle.counters()['swallowed.read'], 1)
})

test('tags that have no text are left out, and the call is made', async ({ world }) => {
  const tags = { team: 'search', odd: Object.create(null) }
  const span = await world.spanOf(() => withTags(tags, () => ask(world)))
  assert.is(span.meta.team, 'search')
})

const job = (run: () => Promise<void>, giveUp = () => {}, bytes = 1): Job => ({ run, giveUp, bytes })

test('work for a call runs in the context of no call, the redact function too', async () => {
  const caller = new AsyncLocalStorage<string>()
  const work = new Work()
  const seen: unknown[] = []
  caller.run('somebody’s request', () => work.add(job(async () => void seen.push(caller.getStore()))))
  await work.done()
  assert.equal(seen, [undefined])
})

test('a burst of ends leaves the app its turns, and a job that fails does not stop the next', async () => {
  const work = new Work()
  const order: string[] = []
  setImmediate(() => setImmediate(() => order.push('app')))
  for (let i = 0; i < 3; i += 1) {
    work.add(
      job(async () => {
        const until = performance.now() + 5
        while (performance.now() < until);
        order.push('job')
        if (i === 1) throw new Error('fault')
      }),
    )
  }
  order.push('caller')
  await work.done()
  assert.is(order[0], 'caller')
  assert.equal(order.filter(each => each === 'job').length, 3)
  assert.ok(order.slice(0, order.lastIndexOf('job')).includes('app'), order.join())
})

test('a job that never ends is given up after a while, and the others are read', async () => {
  const work = new Work({ jobs: 10, bytes: 100, ageMs: 200 })
  const done: string[] = []
  const endless = (): Promise<void> => new Promise(() => {})
  work.add(job(endless, () => done.push('given up')))
  // What waits for it waits less long than it is at work.
  setTimeout(() => work.add(job(async () => void done.push('read'))), 100)
  await new Promise(resolve => setTimeout(resolve, 110))
  await work.done()
  assert.equal(done, ['given up', 'read'])
})

test('a burst of 5,000 small calls that end at once is read whole', async () => {
  const work = new Work()
  const before = counters()['dropped.read'] ?? 0
  let read = 0
  const one = async (): Promise<void> => {
    read += 1
  }
  for (let i = 0; i < 5_000; i += 1) work.add(job(one, undefined, 6_000))
  await work.done()
  assert.equal([read, (counters()['dropped.read'] ?? 0) - before], [5_000, 0])
})

/** A round that begins by itself only in an hour, and the names of what has been read. */
async function busy(
  bounds: Partial<WorkBounds> = {},
): Promise<{ add(name: string, bytes?: number): void; read: string[]; work: Work }> {
  const work = new Work({ betweenRoundsMs: 3_600_000, ...bounds })
  const read: string[] = []
  const add = (name: string, bytes?: number): void => work.add(job(async () => void read.push(name), undefined, bytes))
  await new Promise<void>(resolve => work.add(job(async () => resolve())))
  await turns()
  return { add, read, work }
}

/** More than a job takes. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise<void>(resolve => setImmediate(resolve))
}

test('calls that end soon after others are read a little later, by themselves', async () => {
  const { add, read, work } = await busy({ betweenRoundsMs: 50 })
  add('a')
  await new Promise<void>(resolve => work.add(job(async () => resolve())))
  assert.equal(read, ['a'])
})

test('calls that wait to be read together are read at once where somebody waits for them', async () => {
  const { add, read, work } = await busy()
  add('a')
  add('b')
  await turns()
  assert.equal(read, [])
  const done = work.done()
  add('late')
  await done
  assert.equal(read, ['a', 'b', 'late'])
})

test('calls that wait to be read together are read at once where they hold much memory', async () => {
  const { add, read } = await busy({ bytesOfARound: 100 })
  add('a', 60)
  await turns()
  assert.equal(read, [])
  add('b', 60)
  await turns()
  assert.equal(read, ['a', 'b'])
})

/** Ten ended calls of ten bytes each, by what became of them. */
async function worked(bounds: Partial<WorkBounds>): Promise<{ read: number[]; givenUp: number[] }> {
  const work = new Work(bounds)
  const [read, givenUp]: [number[], number[]] = [[], []]
  for (let i = 0; i < 10; i += 1) {
    work.add(
      job(
        async () => void read.push(i),
        () => givenUp.push(i),
        10,
      ),
    )
  }
  await work.done()
  return { read, givenUp }
}

test('of more ended calls than may wait the oldest end unread, by number, bytes and age, and are counted', async () => {
  const before = counters()['dropped.read'] ?? 0
  const [oldest, youngest] = [
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9],
  ]
  const enough = { jobs: 10, bytes: 100, ageMs: 60_000 }
  assert.equal(await worked({ ...enough, jobs: 4 }), { read: youngest, givenUp: oldest })
  assert.equal(await worked({ ...enough, bytes: 40 }), { read: youngest, givenUp: oldest })
  assert.is((await worked({ ...enough, ageMs: -1 })).givenUp.length, 10)
  assert.is((await worked(enough)).read.length, 10)
  assert.is(counters()['dropped.read'], before + 22)
})

test('a call that ends unread tells what its headers do, and that it failed', () => {
  const opening = { method: 'POST', origin: 'https://api.openai.com', path: '/v1/chat/completions' }
  const place = createHosts(readConfig({})).find(opening.origin, opening.path)
  const recognised = place && recognise(place, opening)
  if (recognised === undefined) throw new Error('not recognised')
  const made = (status?: number): Call => {
    const exchange = new Exchange(opening, 1000, new Budget(1000), () => {})
    exchange.requestHeaders = () => new Map([['authorization', `Bearer ${'a1b2'.repeat(8)}`]])
    if (status !== undefined) exchange.head(status, () => new Map([['x-ratelimit-limit-requests', '60']]))
    exchange.end(status === undefined ? 'failed' : 'complete', new Error('gone'))
    return unreadCall(exchange, recognised, headersOf(exchange, recognised))
  }
  assert.is(made(200).caller.key, 'sk-...a1b2')
  assert.is(made(200).rateLimits.get('requests')?.limit, 60)
  assert.equal(made(200).unparsed, ['request', 'response'])
  assert.is(made(429).error?.kind, 'rate_limit')
  assert.is(made().error?.class, 'APIConnectionError')
})

test('what is decompressed counts in the total of bytes until it has been read', async () => {
  const budget = new Budget(1 << 20)
  const body = new Body(1 << 18, budget)
  body.add(gzipSync('x'.repeat(200_000)), 0)
  const decoded = await decode(body, 'gzip', 1 << 18)
  assert.ok(budget.used >= 200_000, `${budget.used} bytes`)
  decoded.release()
  body.release()
  assert.is(budget.used, 0)
})

test('of a text of megabytes only what is kept is encoded, and its size is known', () => {
  const body = new Body(1 << 16, new Budget(1 << 26))
  body.add(`first${'é'.repeat(3_000_000)}last`, 0)
  const { head, tail, missing } = body.kept()
  assert.is(body.size, 6_000_009)
  assert.is(head.toString('utf8', 0, 7), 'firsté')
  assert.is(tail.toString().slice(-5), 'élast')
  assert.is(head.length + tail.length + missing, body.size)
  assert.ok(head.length + tail.length <= 1 << 16)
})

test('usage at the end of a long compressed answer is kept', async () => {
  const body = new Body(1 << 18, new Budget(1 << 26))
  body.add(gzipSync(`{"data":"${'x'.repeat(500_000)}","usage":{"total_tokens":7}}`), 0)
  const { head, tail, truncated, size } = await decode(body, 'gzip', 1 << 16)
  assert.ok(truncated)
  assert.ok(head.length + tail.length <= 1 << 17)
  assert.is(size, 500_038)
  assert.match(tail.toString(), /"usage":\{"total_tokens":7\}\}$/)
})

test('a long stream of events is read in many turns, and whole', async () => {
  const body = new Body(1 << 20, new Budget(1 << 26))
  const event = 'data: {"choices":[{"index":0,"delta":{"content":"größe"},"finish_reason":null}]}\n\n'
  body.add(Buffer.from(event.repeat(10_000)), 0)
  let turns = 0
  const count = (): void => {
    turns += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const { events } = await readStream(await decode(body, undefined, 1 << 22), readerFor('chat.completions', ''))
  clearImmediate(timer)
  assert.is(events, 10_000)
  assert.ok(turns >= 10, `${turns} turns`)
})

test('an error’s stack says where, and not what: the message is filtered by itself', () => {
  const { message, stack } = networkError(new Error('PRIVATE\n    at PRIVATE'))
  assert.match(message, 'PRIVATE')
  assert.match(stack ?? '', /^Error\n +at /)
  assert.not.match(stack ?? '', 'PRIVATE')
})

test('whatever was thrown has a message', () => {
  for (const thrown of [undefined, null, 7, '', Object.create(null), { message: {} }, Symbol('x')]) {
    assert.is(networkError(thrown).message, 'connection lost')
  }
  assert.is(networkError('gone').message, 'gone')
})

test('every credential of a request is taken for a secret', () => {
  const headers = new Map([
    ['authorization', 'Basic dXNlcjpwYXNzLTE='],
    ['api-key', ' gateway-key-7f3a '],
  ])
  const { secrets } = readHeaders(headers, new Map(), 0)
  assert.equal(new Set(secrets.map(({ value }) => value)), new Set(['dXNlcjpwYXNzLTE=', 'pass-1', 'gateway-key-7f3a']))
})

test.run()
