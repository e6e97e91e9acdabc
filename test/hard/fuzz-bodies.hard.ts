import * as zlib from 'node:zlib'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readRequest } from '../../lib/openai/read/payload'
import { Budget } from '../../lib/transport/budget'
import { type Decoded, decode } from '../../lib/transport/decode'
import { Exchange } from '../../lib/transport/exchange'
import { type Noise, noises, noisy } from './damage'
import { cut } from './exchange'
import { tries } from './seed'
import { HANGS_MS, Stretch } from './stretch'
import { tried } from './tried'

const ROOM = 1 << 27
const LIMIT = 1 << 20

/** A body received in pieces, decoded; the budget must be as before. */
async function decoded(bytes: Buffer, encoding: string, cuts: readonly number[], limit = LIMIT): Promise<Decoded> {
  const budget = new Budget(ROOM)
  const exchange = new Exchange({ method: 'GET', origin: 'http://x', path: '/' }, LIMIT, budget, () => {})
  for (const piece of cut(bytes, cuts)) exchange.received(piece)
  const body = await decode(exchange.responseBody, encoding, limit)
  exchange.release()
  body.release()
  assert.is(budget.used, 0, 'memory not given back')
  return body
}

const zstd: unknown = Reflect.get(zlib, 'zstdCompressSync')
const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  'deflate, raw': zlib.deflateRawSync,
  br: bytes => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ...(typeof zstd === 'function' ? { zstd: (bytes: Buffer): Buffer => zstd(bytes) } : {}),
}
const declared = (encoder: string): string => encoder.replace(', raw', '')
const encoders = fc.constantFrom(...Object.keys(ENCODERS))
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
const contents = fc
  .array(fc.constantFrom('{"a":1}', 'data: {"b":2}\n\n', 'größer ', '\u0000', 'x'.repeat(500), '[[['), {
    minLength: 1,
    maxLength: 60,
  })
  .map(parts => Buffer.from(`{"${parts.join('')}`))
const damaging = noises.filter(noise => noise.length > 0)
const wrong = fc.constantFrom(
  'gzip',
  'br',
  'deflate',
  'zstd',
  'gzip, br',
  'br,gzip,deflate',
  'unknown',
  'identity',
  ' GZIP ',
  'x-gzip',
  ',',
)

const encoded = suite('compressed bodies')

encoded('are given back whole, cut anywhere, also through two encodings and in two members', async () => {
  const done = await tries(
    fc.asyncProperty(contents, encoders, encoders, cuts, async (content, first, second, borders) => {
      const once = ENCODERS[first]?.(content) ?? content
      const body = await decoded(once, declared(first), borders)
      assert.ok(body.head.equals(content), `${first}: ${body.head.length} of ${content.length} bytes`)
      assert.not(body.truncated || body.unreadable)
      const twice = ENCODERS[second]?.(once) ?? once
      const both = await decoded(twice, `${declared(first)}, ${declared(second)}`, borders)
      assert.ok(both.head.equals(content), `${first} in ${second}`)
      const members = await decoded(Buffer.concat([zlib.gzipSync(content), zlib.gzipSync(content)]), 'gzip', borders)
      assert.ok(members.head.equals(Buffer.concat([content, content])))
    }),
    400,
  )
  tried({
    what: `bodies in ${Object.keys(ENCODERS).join(', ')}, two of them, two members`,
    times: 3 * done,
    held: 'given back whole, cut anywhere',
  })
})

encoded('damaged, cut off or declared wrongly, they end, and the pieces give what the whole gives', async () => {
  const done = await tries(
    fc.asyncProperty(
      contents,
      encoders,
      damaging,
      fc.option(wrong),
      cuts,
      async (content, encoder, noise, lie, borders) => {
        const bytes = noisy(ENCODERS[encoder]?.(content) ?? content, noise)
        const encoding = lie ?? declared(encoder)
        const whole = await decoded(bytes, encoding, [])
        const pieces = await decoded(bytes, encoding, borders)
        assert.is(pieces.unreadable, whole.unreadable)
        assert.ok(
          pieces.head.equals(whole.head),
          `${pieces.head.length} bytes in pieces, ${whole.head.length} as a whole`,
        )
        assert.is(pieces.size, whole.size)
      },
    ),
    1_500,
  )
  tried({
    what: 'the same damaged, cut off, or declared as something else',
    times: 2 * done,
    held: 'ends, memory given back, pieces like the whole',
  })
})

encoded('a bomb is decoded no further than its bound', async () => {
  const stretch = new Stretch()
  const limit = 1 << 16
  const zeros = Buffer.alloc(64 << 20, '{},')
  const bombs = Object.entries(ENCODERS).map(([name, encode]) => ({ name, bytes: encode(zeros) }))
  const nested = zlib.gzipSync(bombs[0]?.bytes ?? zeros)
  let times = 0
  for (const { name, bytes } of [...bombs, { name: 'gzip, gzip', bytes: nested }]) {
    for (const borders of [[], [0.1, 0.5, 0.9]]) {
      const { head, tail, size, truncated } = await stretch.of(() => decoded(bytes, declared(name), borders, limit))
      assert.ok(truncated, name)
      assert.ok(head.length + tail.length <= limit, `${name}: ${head.length + tail.length} bytes kept`)
      assert.ok(
        size < 16 * Math.max(limit, Math.min(LIMIT, bytes.length)) + (1 << 20),
        `${name}: ${size} bytes decoded`,
      )
      times += 1
    }
  }
  tried({
    what: '64 MB in a few KB, by each encoding',
    times,
    held: 'decoding stops at its bound, and the call says so',
  })
})

encoded.run()

const forms = suite('forms')

const never = (): undefined => undefined
function sent(head: Buffer): Decoded {
  const rest = { release: () => {}, arrivedAt: never, tailArrivedAt: never, marks: { offsets: [], times: [] } }
  return { head, tail: Buffer.alloc(0), truncated: false, endKept: true, unreadable: false, size: head.length, ...rest }
}

/** More than a stream buffers. */
const FILLS = 20_000
const BOUNDARY = '----hard'
const word = fc.constantFrom(
  'model',
  'file',
  'gpt-4o',
  'é€',
  '\ud800',
  '__proto__',
  'constructor',
  'a b',
  'x'.repeat(300),
  '',
  'a%22b',
)
const part = fc.record({
  name: word,
  filename: fc.option(word, { nil: undefined }),
  type: fc.constantFrom(
    '',
    'audio/mpeg',
    'text/plain; charset=latin1',
    'text/plain; charset=nonsense',
    ';;=',
    'a'.repeat(2_000),
  ),
  value: fc.oneof(word, fc.constantFrom('\r\n', `--${BOUNDARY}`, `\r\n--${BOUNDARY}`, '\u0000', 'y'.repeat(FILLS))),
})
type Part = ReturnType<typeof part.generate>['value']

function formOf(parts: readonly Part[]): Buffer {
  const written = parts.map(({ name, filename, type, value }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`
    const kind = type === '' ? '' : `content-type: ${type}\r\n`
    return `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n${kind}\r\n${value}\r\n`
  })
  return Buffer.from(`${written.join('')}--${BOUNDARY}--\r\n`)
}

const types = fc.constantFrom(
  `multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary="${BOUNDARY}"`,
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(500)}`,
  'multipart/form-data; boundary=--',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=nonsense',
)
/** What is not read by then hangs. */
const HANG_MS = 5_000

async function readInTime(body: Buffer, type: string): ReturnType<typeof readRequest> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs on ${JSON.stringify(body.toString().slice(0, 500))}`)), HANG_MS)
  })
  return Promise.race([readRequest(sent(body), type), hangs]).finally(() => clearTimeout(timer))
}

forms('of any parts, damaged, under any type, end within their bounds', async () => {
  const stretch = new Stretch()
  const noise: fc.Arbitrary<readonly Noise[]> = noises
  const done = await tries(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), types, noise, async (parts, type, damage) => {
      const { payload } = await stretch.of(() => readInTime(noisy(formOf(parts), damage), type))
      if (payload.kind !== 'form') return
      assert.ok(payload.fields.size <= 200 && payload.files.length <= 200)
      for (const { size } of payload.files) assert.ok(Number.isSafeInteger(size) && size >= 0)
    }),
    3_000,
  )
  assert.is(Reflect.get({}, 'polluted'), undefined)
  assert.ok(stretch.longest < HANGS_MS, `${stretch.longest} ms`)
  const measured = `longest turn ${stretch.longest.toFixed(0)} ms of CPU`
  tried({
    what: 'multipart and URL-encoded forms, damaged, under any type',
    times: done,
    held: 'end within their bounds',
    measured,
  })
})

forms('whole ones give their fields and the sizes of their files', async () => {
  const plain = fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    file: fc.boolean(),
    value: fc.stringMatching(/^[ -~é€]{0,80}$/),
  })
  const done = await tries(
    fc.asyncProperty(fc.uniqueArray(plain, { selector: ({ name }) => name, maxLength: 20 }), async parts => {
      const body = formOf(
        parts.map(({ name, file, value }) => ({ name, filename: file ? `${name}.txt` : undefined, type: '', value })),
      )
      const { payload, unparsed } = await readInTime(body, `multipart/form-data; boundary=${BOUNDARY}`)
      if (parts.length === 0) return
      assert.not(unparsed)
      if (payload.kind !== 'form') return assert.unreachable(payload.kind)
      assert.equal(
        new Map(parts.filter(({ file }) => !file).map(({ name, value }) => [name, value])),
        new Map(payload.fields),
      )
      assert.equal(
        parts.filter(({ file }) => file).map(({ name, value }) => [name, Buffer.byteLength(value)]),
        payload.files.map(({ field, size }) => [field, size]),
      )
    }),
    2_000,
  )
  tried({ what: 'whole forms', times: done, held: 'every field and the size of every file' })
})

forms.run()
