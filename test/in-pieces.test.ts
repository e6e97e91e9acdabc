import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cleanInPieces } from '../lib/redact/in-pieces'
import { PATTERNS, type Pattern } from '../lib/redact/patterns'

const pieces = suite('texts redacted in pieces')

/** Strings that the patterns know, and words between them. */
const SECRETS = [
  'jane@example.com',
  '4111 1111 1111 1111',
  `Bearer ${'a1b2'.repeat(10)}`,
  `sk-${'proj-a1b2c3d4e5f6a7b8'}`,
  `-----BEGIN PRIVATE KEY-----\n${'MIIabc123\n'.repeat(30)}-----END PRIVATE KEY-----`,
]
const word = fc.constantFrom('a', 'word', 'some longer words', '1', '22 333', 'x'.repeat(300), '\n', ...SECRETS)

for (const [name, pattern] of Object.entries(PATTERNS)) {
  pieces(`${name}: the pieces give what the whole gives, wherever they are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 30, maxLength: 120 }), async words => {
        const text = words.join(' ')
        assert.is(await cleanInPieces(text, pattern, 2_000), pattern(text))
      }),
      { numRuns: 100 },
    )
  })
}

pieces('no pattern is given more than a piece, whatever the text', async () => {
  let longest = 0
  const measured: Pattern = text => {
    longest = Math.max(longest, text.length)
    return PATTERNS.key?.(text) ?? text
  }
  for (const part of ['1 ', 'sk-', 'a', '-----BEGIN PRIVATE KEY-----\n', '%40', `sk-${'a1'.repeat(20)} `]) {
    await cleanInPieces(part.repeat(Math.ceil(400_000 / part.length)), measured)
  }
  assert.ok(longest < 40_000, `${longest} characters`)
})

pieces.run()
