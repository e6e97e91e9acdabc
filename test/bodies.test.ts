import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Budget } from '../lib/transport/budget'
import { decode } from '../lib/transport/decode'
import { Exchange } from '../lib/transport/exchange'
import { undici } from '../lib/transport/undici'
import { serve } from './observer'

const memory = suite('memory')

memory('over the total bound bodies are let go, the exchange is still told, and all is given back', async () => {
  const server = await serve((request, response) => {
    request.resume().on('end', () => response.end('y'.repeat(50_000)))
  })
  const budget = new Budget(10_000)
  const seen: Exchange[] = []
  const stop = undici(
    opening => {
      const exchange = new Exchange(opening, 1 << 20, budget, ended => seen.push(ended))
      return exchange
    },
    () => true,
  )
  assert.is((await (await fetch(server.origin)).text()).length, 50_000)
  stop()
  await server.close()
  const body = seen[0]?.responseBody
  assert.is(body?.size, 50_000)
  assert.is(body?.kept().missing, 50_000)
  seen[0]?.requestBody.release()
  body?.release()
  assert.is(budget.used, 0)
})

memory('over the bound, what is kept depends on the bytes and not on the chunks they come in', async () => {
  const body = Buffer.from(Array.from({ length: 2_270 }, (_, i) => String.fromCharCode(97 + (i % 26))).join(''))
  for (const limit of [0, 1, 1_001, 2_000, 2_269, 2_270]) {
    const kept = [1, 7, 1_250, 2_270].map(size => {
      const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, limit, new Budget(1e6), () => {})
      for (let at = 0; at < body.length; at += size) exchange.received(body.subarray(at, at + size))
      const { head, tail, missing } = exchange.responseBody.kept()
      return { head: head.toString(), tail: tail.toString(), missing }
    })
    for (const one of kept) assert.equal(one, kept[0])
    assert.is(kept[0]?.missing, 2_270 - limit)
  }
})

memory('100,000 chunks of two bytes are kept in few blocks, and the times of the first 8192 paid for', async () => {
  const budget = new Budget(1 << 26)
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, 1 << 20, budget, () => {})
  for (let i = 0; i < 100_000; i += 1) exchange.received(Buffer.from('ab'))
  assert.is(exchange.responseBody.kept().head.length, 200_000)
  assert.ok(budget.used < 350_000, `${budget.used} bytes for 200,000`)
  assert.is(exchange.responseBody.chunks, 100_000)
})

memory('a chunk that the app reuses afterwards is kept as it was', async () => {
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, 1000, new Budget(1e6), () => {})
  const chunk = Buffer.from('before')
  exchange.received(chunk)
  chunk.fill('X')
  assert.is(exchange.responseBody.kept().head.toString(), 'before')
})

memory.run()

const decoding = suite('content-encoding')

const everyTen = (length: number): number[] => Array.from({ length: Math.ceil(length / 10) }, (_, i) => 10 * i)

/** The bytes as they come in chunks that begin at `cuts`, decoded. */
async function decoded(bytes: Buffer, encoding: string, limit = 1 << 20, cuts = everyTen(bytes.length)) {
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://x', path: '/' },
    1 << 20,
    new Budget(1 << 26),
    () => {},
  )
  for (const [i, cut] of cuts.entries()) exchange.received(bytes.subarray(cut, cuts[i + 1]))
  return decode(exchange.responseBody, encoding, limit)
}

const SAMPLE = JSON.stringify({ text: 'größer '.repeat(100) })

for (const [name, encode] of Object.entries({
  gzip: gzipSync,
  deflate: (text: string) => require('node:zlib').deflateSync(text),
  'deflate (raw)': (text: string) => require('node:zlib').deflateRawSync(text),
  br: (text: string) => require('node:zlib').brotliCompressSync(text),
  identity: (text: string) => Buffer.from(text),
})) {
  decoding(`${name} is taken off`, async () => {
    const { head, truncated, unreadable } = await decoded(encode(SAMPLE), name.split(' ')[0] ?? '')
    assert.is(head.toString(), SAMPLE)
    assert.not(truncated || unreadable)
  })
}

decoding('two encodings, two gzip members, a plain body under a false name', async () => {
  const twice = gzipSync(gzipSync(SAMPLE))
  assert.is((await decoded(twice, 'gzip, gzip')).head.toString(), SAMPLE)
  const members = Buffer.concat([gzipSync('{"a":'), gzipSync('1}')])
  assert.is((await decoded(members, 'gzip')).head.toString(), '{"a":1}')
  for (const name of ['gzip', 'deflate', 'br']) {
    assert.is((await decoded(Buffer.from(SAMPLE), name)).head.toString(), SAMPLE)
  }
})

decoding('of a damaged body, what came before the damage is read, however it was cut on the wire', async () => {
  const whole = gzipSync(SAMPLE)
  const damaged = Buffer.from(whole)
  damaged.fill(0xff, whole.length - 8)
  for (const cuts of [[0], [0, 12], [0, 9, 15], [0, whole.length - 9]]) {
    const { head, unreadable } = await decoded(damaged, 'gzip', undefined, cuts)
    assert.not(unreadable, `cut at ${cuts}`)
    assert.is(head.toString(), SAMPLE, `cut at ${cuts}`)
  }
})

decoding('a truncated gzip gives what is there', async () => {
  const random = JSON.stringify(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 10_007))
  const { head, unreadable } = await decoded(gzipSync(random).subarray(0, 4000), 'gzip')
  assert.not(unreadable)
  assert.ok(head.length > 1000)
  assert.is(head.toString(), random.slice(0, head.length))
})

decoding('an unknown encoding and garbage are said to be unreadable', async () => {
  assert.ok((await decoded(Buffer.from('whatever'), 'snappy')).unreadable)
  assert.ok((await decoded(Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]), 'gzip')).unreadable)
})

decoding('a compression bomb stops at the bound', async () => {
  const bomb = gzipSync(Buffer.alloc(50 << 20))
  const { head, truncated } = await decoded(bomb, 'gzip', 100_000)
  assert.ok(head.length <= 100_000)
  assert.ok(truncated)
})

decoding('tells when each decoded byte arrived', async () => {
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://x', path: '/' },
    1 << 20,
    new Budget(1 << 26),
    () => {},
  )
  const first = gzipSync('data: 1\n\n')
  const second = gzipSync('data: 2\n\n')
  exchange.responseBody.add(first, 100)
  exchange.responseBody.add(second, 250)
  const body = await decode(exchange.responseBody, 'gzip', 1000)
  assert.is(body.arrivedAt(0), 100)
  assert.is(body.arrivedAt(8), 100)
  assert.is(body.arrivedAt(9), 250)
})

decoding.run()
