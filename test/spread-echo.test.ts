import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { createWireFilter } from '../lib/redact/wire-filter'

const KEY = `sk-${'test-Qm4x9TzLp2Wc7Rv1'}`
const secrets = [{ value: KEY, shown: 'sk-...7Rv1' }]
const ask = { headers: [], bytes: 0, method: 'POST', url: 'https://gateway.example/v1/chat/completions' }
const filter = createWireFilter(readConfig({}))

async function shown(content: string, size: number) {
  const pieces = content.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
  const texts = pieces.map(piece => `data: ${JSON.stringify({ choices: [{ delta: { content: piece } }] })}\n\n`)
  const chunks = texts.map((text, ms) => ({ ms, bytes: text.length, text }))
  const response = { headers: [], bytes: 0, status: 200, chunks }
  const folded = { choices: [{ index: 0, message: { content } }] }
  return (await filter({ request: ask, response }, { request: undefined, response: folded }, secrets)).response
}

const test = suite('a key that a stream echoes letter by letter')

for (const size of [1, 3, 7, 11]) {
  test(`in events of ${size} characters it does not stay in what the live view shows`, async () => {
    const side = await shown(`it is ${KEY}, ok`, size)
    assert.is(side?.withheld, 'redacted')
    assert.is(side?.chunks?.map(({ text = '' }) => text).join(''), '')
    assert.ok((side?.chunks?.length ?? 0) > 1, 'the times of the chunks stay')
  })
}

test('a stream without an echo is shown as it came', async () => {
  const side = await shown('nothing to hide', 3)
  assert.is(side?.withheld, undefined)
  assert.is(side?.chunks?.length, 5)
})

test.run()
