import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../../lib/openai/json'
import { type Bounds, REQUEST_BOUNDS } from '../../lib/openai/read/json/bounds'
import { Parser } from '../../lib/openai/read/json/parser'
import { readBeginning, readJson } from '../../lib/openai/read/json/read-json'
import { salvage } from '../../lib/openai/read/salvage'
import { eventValue, looksLikeEvents, parseTail, type SseEvent, SseParser } from '../../lib/openai/read/sse'
import { tries } from './seed'
import { HANGS_MS, Stretch } from './stretch'
import { tried } from './tried'

const json = suite('JSON')

/** So small that everything is over them. */
const TIGHT: Bounds = { values: 12, outside: 8, depth: 3, members: 4, items: 4, numbers: 2, textBytes: 6 }

/** Left after so many steps and taken up again. */
function parsed(bytes: Buffer, bounds: Bounds, steps: number): Parser {
  const parser = new Parser(bytes, bounds)
  while (!parser.run(steps));
  return parser
}

function native(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Texts that are JSON, nearly JSON, and none at all. */
const sign = fc.constantFrom(
  ...['[', ']', '{', '}', ':', ',', '"', '\\', '\\u00', '41', '-', '+', '.', 'e', '0', '19', ' ', '\n', '\ufeff'],
  ...['true', 'false', 'null', '"a":', '"__proto__":', '"\\ud800"', '\u0001', '\ud800', 'é', '1e999', '[[', '}}'],
)
const soup = fc.array(sign, { maxLength: 24 }).map(signs => signs.join(''))
const written = fc
  .tuple(fc.jsonValue({ depthSize: 'medium' }), fc.constantFrom('', ' ', '\n\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent) ?? 'null')
const broken = fc
  .tuple(written, fc.nat(), sign, fc.boolean())
  .map(
    ([text, at, with_, drops]) =>
      text.slice(0, at % (text.length + 1)) + with_ + (drops ? '' : text.slice(at % (text.length + 1))),
  )
const texts = fc.oneof(soup, written, broken)
const steps = fc.integer({ min: 1, max: 40 })

json('is read as JSON.parse reads it, left after any step', async () => {
  const done = await tries(
    fc.property(texts, steps, (text, every) => {
      const bytes = Buffer.from(text)
      // A byte order mark at the start is no part of the text, and lone surrogates have no UTF-8.
      const meant = bytes.toString().replace(/^\ufeff/, '')
      assert.equal(parsed(bytes, REQUEST_BOUNDS, every).value, native(meant))
    }),
    20_000,
  )
  tried({ what: 'JSON, nearly JSON and none', times: done, held: 'read as `JSON.parse` reads it, left after any step' })
})

json('over the bounds, it ends, with no more values than allowed, the same at every pace', async () => {
  // Lists and objects that are open when the bound is reached are values, too.
  const most = TIGHT.values + TIGHT.outside + TIGHT.depth + 1
  const done = await tries(
    fc.property(texts, steps, (text, every) => {
      const bytes = Buffer.from(text)
      const [slow, fast] = [parsed(bytes, TIGHT, every), parsed(bytes, TIGHT, 1e9)]
      assert.equal(slow.value, fast.value)
      assert.equal(slow.begun, fast.begun)
      assert.ok(slow.made <= most, `${slow.made} values`)
      assert.ok(slow.steps <= 2 * bytes.length + 4, `${slow.steps} steps for ${bytes.length} bytes`)
    }),
    20_000,
  )
  tried({
    what: 'the same over tiny bounds',
    times: done,
    held: 'values and steps counted within the bounds, the same at every pace',
  })
})

json('cut off anywhere, the members that are whole are those of the whole', async () => {
  const objects = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 })
  const done = await tries(
    fc.asyncProperty(objects, fc.double({ min: 0, max: 1, noNaN: true }), async (object, share) => {
      const bytes = Buffer.from(JSON.stringify(object))
      const whole = JSON.parse(bytes.toString())
      const head = bytes.subarray(0, Math.floor(share * bytes.length))
      const begun = await readBeginning(head, REQUEST_BOUNDS)
      for (const [name, value] of Object.entries(begun)) {
        // A number that is cut off is a number.
        if (typeof value !== 'number') assert.equal(value, whole[name])
      }
      await salvage(head, bytes.subarray(head.length), REQUEST_BOUNDS)
    }),
    4_000,
  )
  tried({ what: 'JSON cut off anywhere', times: done, held: 'the members that are whole are those of the whole' })
})

/** A pattern many times over: what costs most for its size. */
const PATTERNS = [
  '{},',
  '[[',
  '{"a":',
  '"a",',
  '1,',
  '"\\u0041',
  '"\\\\',
  '{"a":{},',
  '-',
  ' ',
  '"x',
  '[1,"a",{}],',
  'tru',
  '\u0000',
]

json('a megabyte of anything repeated is read in short turns', async () => {
  const stretch = new Stretch()
  const done = await tries(
    fc.asyncProperty(fc.constantFrom(...PATTERNS), fc.constantFrom('', '[', '{"a":[', '"'), async (pattern, start) => {
      const bytes = Buffer.from(start + pattern.repeat(Math.ceil(1_048_576 / pattern.length)))
      await stretch.of(async () => {
        await readJson(bytes, REQUEST_BOUNDS)
        await readBeginning(bytes, REQUEST_BOUNDS)
      })
    }),
    60,
  )
  assert.ok(stretch.longest < HANGS_MS, `${stretch.longest} ms`)
  const measured = `longest turn ${stretch.longest.toFixed(0)} ms of CPU`
  tried({ what: 'a megabyte of one pattern as JSON', times: done, held: 'read in turns', measured })
})

json.run()

const sse = suite('server-sent events')

const line = fc.constantFrom(
  ...['data: {"a":1}', 'data: [DONE]', 'data:', 'data', 'data: "\ud83d\ude00é"', 'event: thread.run', 'event: error'],
  ...[
    ': comment',
    'id: 7',
    'retry: 1',
    'x',
    '',
    '',
    '',
    '\ufeff',
    'data: {"type":"error","error":5}',
    'data: \ud800',
    'event',
  ],
)
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '')), { maxLength: 30 })
  .map(lines => Buffer.from(lines.flat().join('')))
const anyBytes = fc
  .array(fc.constantFrom(...Buffer.from('data: {}[DONE]\r\n\r\n:eventid\ufeff"x'), 0, 255), { maxLength: 200 })
  .map(bytes => Buffer.from(bytes))
const input = fc.oneof(stream, anyBytes)

function inPieces(bytes: Buffer, cuts: readonly number[]): SseEvent[] {
  const parser = new SseParser()
  const events: SseEvent[] = []
  const borders = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [i, end] of borders.slice(1).entries()) {
    // The app's own memory, which it writes over as soon as we have returned.
    const chunk = Buffer.from(bytes.subarray(borders[i], end))
    for (const event of parser.push(chunk)) events.push(event)
    chunk.fill(0x58)
  }
  return [...events, ...parser.end()]
}

sse('any chunk borders give what the whole gives', async () => {
  const done = await tries(
    fc.property(input, fc.array(fc.nat(1_000), { maxLength: 20 }), (bytes, cuts) => {
      const whole = inPieces(bytes, [])
      assert.equal(inPieces(bytes, cuts), whole)
      assert.equal(
        inPieces(
          bytes,
          Array.from({ length: bytes.length }, (_, i) => i),
        ),
        whole,
      )
      const ends = whole.map(({ end }) => end)
      assert.equal(
        ends,
        [...ends].sort((a, b) => a - b),
      )
      assert.ok(ends.every(end => end > 0 && end <= bytes.length))
      looksLikeEvents(bytes)
      for (const event of [...whole, ...parseTail(bytes)]) eventValue(event)
    }),
    20_000,
  )
  tried({
    what: 'streams of events, and bytes that are none, cut anywhere',
    times: done,
    held: 'the pieces give what the whole gives',
  })
})

sse.run()
