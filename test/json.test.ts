import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Json, lengthOf } from '../lib/openai/json'
import { type Bounds, REQUEST_BOUNDS, RESPONSE_BOUNDS } from '../lib/openai/read/json/bounds'
import { Parser } from '../lib/openai/read/json/parser'
import { readBeginning, readJson } from '../lib/openai/read/json/read-json'
import { isSimple } from '../lib/openai/read/json/simple'

const json = suite('JSON within bounds')

const MEGABYTE = 1 << 20

/** Left after every step and taken up again. */
function parsed(text: string | Buffer, bounds: Bounds = REQUEST_BOUNDS): Parser {
  const parser = new Parser(Buffer.from(text), bounds)
  while (!parser.run(1));
  return parser
}

function native(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

json('gives what JSON.parse gives, written in whatever way', () => {
  const space = fc.constantFrom('', ' ', '\n\t', '\r\n  ')
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), space, (value, indent) => {
      const text = JSON.stringify(value, null, indent) ?? 'null'
      assert.equal(parsed(indent + text + indent).value, native(text))
    }),
    { numRuns: 500 },
  )
})

json('refuses what JSON.parse refuses', () => {
  const sign = fc.constantFrom(...'[]{}:,"\\u0041-+.eE0019 tfn', 'true', 'null', '"a"', '\\n', '\u0001', '\ud800', 'é')
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 12 }), signs => {
      const text = Buffer.from(signs.join('')).toString()
      assert.equal(parsed(text).value, native(text), JSON.stringify(text))
    }),
    { numRuns: 5_000 },
  )
})

json('a real value with one byte changed is read alike', () => {
  const text = JSON.stringify({ a: [1, -2.5e3, true, null, 'x\n"y'], b: { c: '\u20ac', d: [] }, e: '' })
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'[]{}:,"\\ 0-.e\u0000'), (at, sign) => {
      const changed = text.slice(0, at) + sign + text.slice(at + 1)
      assert.equal(parsed(changed).value, native(changed), JSON.stringify(changed))
    }),
    { numRuns: 2_000 },
  )
})

json('names that attack objects are members like any other, and the last of equal names counts', () => {
  const text = '{"__proto__":{"polluted":1},"constructor":2,"toString":3,"a":1,"a":2}'
  const { value } = parsed(text)
  assert.equal(Object.entries(value ?? {}), Object.entries(native(text) ?? {}))
  assert.is(Reflect.get({}, 'polluted'), undefined)
  assert.is(Object.getPrototypeOf(value), Object.prototype)
})

json('a byte order mark, lone surrogates and bytes that are no UTF-8', () => {
  assert.equal(parsed(Buffer.from('\ufeff{"a":"\ufeffb"}')).value, { a: '\ufeffb' })
  assert.equal(parsed('"\\ud800"').value, '\ud800')
  const broken = Buffer.concat([Buffer.from('["'), Buffer.from([0xe2, 0x82]), Buffer.from('"]')])
  assert.equal(parsed(broken).value, ['\ufffd'])
})

json('what is small and simple goes to JSON.parse; what has many values does not', async () => {
  assert.ok(isSimple(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: ',{['.repeat(100_000) }] }))))
  assert.not(isSimple(Buffer.from(`[${'{},'.repeat(10_000)}0]`)))
  assert.not(isSimple(Buffer.from(`[${'1,'.repeat(10_000)}0]`)))
  assert.not(isSimple(Buffer.from(`"${'x'.repeat(MEGABYTE)}"`)))
  assert.equal(await readJson(Buffer.from('{"a":1}'), REQUEST_BOUNDS), { value: { a: 1 }, bounded: false })
})

/** Whatever arrives, so much is made of it, in so many steps for its bytes. */
const HOSTILE: Readonly<Record<string, string>> = {
  'objects by the million': `[${'{},'.repeat(MEGABYTE)}{}]`,
  'lists of lists': `[${'[[],[[]]],'.repeat(MEGABYTE / 8)}0]`,
  'lists without end': '['.repeat(MEGABYTE),
  'lists a half million deep': '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2),
  'objects without end': '{"a":'.repeat(MEGABYTE / 4),
  'ninety thousand names': `{${Array.from({ length: 90_000 }, (_, i) => `"n${i}":{"m${i}":1}`).join()}}`,
  'members that are deep lists, behind a list that took all': `{"a":[${'{},'.repeat(21_000)}0]${Array.from({ length: 1_900 }, (_, i) => `,"n${i}":${'['.repeat(60)}1${']'.repeat(60)}`).join('')}}`,
  'a text of escapes': `{"a":"${'\\"'.repeat(MEGABYTE)}"}`,
  'a text without end': `{"a":"${'x'.repeat(MEGABYTE)}`,
  'spaces without end': `[${' '.repeat(4 * MEGABYTE)}`,
  'digits without end': `[${'1'.repeat(MEGABYTE)}]`,
}

for (const [what, text] of Object.entries(HOSTILE)) {
  json(`${what} are bounded work`, () => {
    const { values, outside } = REQUEST_BOUNDS
    const parser = new Parser(Buffer.from(text), REQUEST_BOUNDS)
    parser.run(Number.POSITIVE_INFINITY)
    assert.ok(parser.made <= values + outside + REQUEST_BOUNDS.depth, `${parser.made} values`)
    assert.ok(parser.steps <= 6 * (values + outside) + text.length / 2, `${parser.steps} steps`)
  })
}

json('a list that is longer than is kept tells its length, and what stands behind it is read', () => {
  const many = `{"data":[${'{"flagged":true},'.repeat(49_999)}{}],"usage":{"total_tokens":7},"n":1}`
  const { value, bounded } = parsed(many)
  const { data, usage } = value as { data: Json[]; usage: Json }
  assert.is(lengthOf(data), 50_000)
  assert.is(data.length, REQUEST_BOUNDS.items)
  assert.equal(usage, { total_tokens: 7 })
  assert.ok(bounded)
})

json('values that are paid for leave nothing for the lists behind them, but their lengths', () => {
  const wide = `{${Array.from({ length: 50 }, (_, i) => `"k${i}":[1,[2,"x"],{"y":3}]`).join()}}`
  const text = `{"messages":[${Array.from({ length: 1_000 }, () => wide).join()}],"tools":[{},{},{}],"usage":{"n":[1,2]}}`
  const { value, bounded, made } = parsed(text)
  const { messages, tools, usage } = value as { messages: Json[]; tools: Json[]; usage: { n: Json[] } }
  assert.ok(bounded)
  assert.ok(made < 21_000)
  assert.equal([lengthOf(messages), lengthOf(tools), lengthOf(usage.n)], [1_000, 3, 2])
})

json('a vector in an answer is counted and not read', () => {
  const floats = Array.from({ length: 3_072 }, (_, i) => -i / 7)
  const { value, made, bounded } = parsed(JSON.stringify({ data: [{ embedding: floats }] }), RESPONSE_BOUNDS)
  const [first] = (value as { data: { embedding: Json[] }[] }).data
  assert.is(lengthOf(first?.embedding ?? []), 3_072)
  assert.ok(made < 30)
  assert.not(bounded)
})

json('lists of numbers of any length, anywhere in the answer, are counted to the last one', () => {
  for (let length = 100; length < 12_000; length = Math.ceil(length * 1.37)) {
    for (const before of ['', 'x', 'xx', 'xxx'])
      for (const numbers of [[1], [-0.0123456789, 1e-7], [12, null, true]]) {
        const floats = Array.from({ length }, (_, i) => numbers[i % numbers.length])
        const text = JSON.stringify({ before, data: [{ a: floats, b: [floats, 'after', { c: floats }] }] })
        const { data } = parsed(text, RESPONSE_BOUNDS).value as { data: { a: Json[]; b: [Json[]] }[] }
        assert.is(lengthOf(data[0]?.a ?? []), length, `${length} numbers behind "${before}"`)
        assert.is(lengthOf(data[0]?.b[0] ?? []), length, `${length} numbers in a list behind "${before}"`)
      }
  }
})

json('a text that is too long is cut where it can be', () => {
  const bounds = { ...REQUEST_BOUNDS, textBytes: 10 }
  for (const [text, cut] of [
    ['abcdefghijklm', 'abcdefghij'],
    ['aaaaaaaaé12345', 'aaaaaaaaé'],
    ['aaaaaaaaaé12345', 'aaaaaaaaa'],
    ['aaaaaaa\n\n\n\n\n', 'aaaaaaa\n'],
  ]) {
    assert.is(parsed(JSON.stringify(text), bounds).value, cut)
  }
  assert.is(parsed('"aaaaaaa\\u0041bcdefgh"', bounds).value, 'aaaaaaa')
})

json('of an object that is cut off, the members that are whole', async () => {
  const text = '{"id":"x","n":1,"meta":{"a":[1]},"choices":[{"index":0},{"ind'
  assert.equal(await readBeginning(Buffer.from(text), REQUEST_BOUNDS), { id: 'x', n: 1, meta: { a: [1] } })
  assert.equal(await readBeginning(Buffer.from('[1,2'), REQUEST_BOUNDS), {})
})

json.run()
