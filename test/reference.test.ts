import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PRICED_HEAD, pricedRows } from '../lib/local/docs/priced'
import { SPAN_TAGS } from '../lib/local/docs/span-tags'
import { callOfTape } from '../lib/local/docs/tape-facts'
import { loadTapes } from '../lib/local/tapes/tape'
import { CALL_TAGS } from '../lib/sinks/call-tags'

const test = suite('the reference of span tags')

test('names each tag of a call with the type that it has', async () => {
  const types = new Map(SPAN_TAGS.map(({ name, type }) => [name, type]))
  const seen = new Set<string>()
  for (const tape of loadTapes()) {
    const call = await callOfTape(tape)
    if (call === undefined) continue
    for (const [name, read] of Object.entries(CALL_TAGS)) {
      const value = read(call)
      if (value === undefined) continue
      seen.add(name)
      assert.is(typeof value, types.get(name), `${name} of ${tape.name}`)
    }
  }
  assert.ok(seen.size > 25, `${seen.size} tags seen`)
})

test('of what has a price, counts each family, and knows what is paid for by the piece', () => {
  const rows = new Map(pricedRows().map(([name = '', ...cells]) => [name, cells]))
  const cell = (family: string, column: string): string => rows.get(family)?.[PRICED_HEAD.indexOf(column) - 1] ?? ''
  for (const [family, cells] of rows) assert.ok(Number(cells[0]) > 0, `${family} has models`)
  assert.match(cell('GPT-5 and newer', 'tiers'), /flex.*priority/)
  assert.match(cell('videos', 'by the piece'), /^second$/)
  assert.match(cell('speech', 'by the piece'), /character/)
  assert.is(cell('embeddings', 'cached input'), 'no')
  assert.is(cell('embeddings', 'tools'), 'no')
  assert.is(cell('images', 'tools'), 'no')
  assert.is(cell('o series', 'tools'), 'web search, file search, containers')
})

test('says the unit of every time and amount', () => {
  for (const { name, type, unit } of SPAN_TAGS) {
    if (/_ms$|\.reset$/.test(name)) assert.is(unit, 'millisecond', name)
    if (/_tokens$/.test(name)) assert.is(unit, 'token', name)
    if (unit !== undefined) assert.is(type, 'number', name)
  }
})

test.run()
