import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formsOf, longestLookedFor } from '../lib/redact/forms'
import { GRAM, Grams } from '../lib/redact/grams'
import { scrubInTurnsFor } from '../lib/redact/known'
import { createScrub, createScrubInTurns } from '../lib/redact/scrub'
import type { Secret } from '../lib/redact/secret'

const SHOWN = '[redacted]'

function credential(name: string, length: number): Secret {
  let value = ''
  for (let n = 0; value.length < length; n += 1) value += createHash('sha512').update(`${name}${n}`).digest('base64url')
  return { value: value.slice(0, length), shown: SHOWN }
}

const many = (count: number, length: number): Secret[] =>
  Array.from({ length: count }, (_, n) => credential(`${n}.`, length))

const long = suite('credentials of kilobytes')

long('of few each is looked for whole, up to 5 kB', () => {
  assert.is(longestLookedFor(many(3, 5_000)), 5_120)
})

for (const [count, length] of [
  [4, 5_000],
  [32, 1_000],
  [32, 1_000_000],
] as const) {
  long(`of ${count} of ${length} characters 16 kB are looked for, the same of each`, () => {
    const secrets = many(count, length)
    const longest = longestLookedFor(secrets)
    assert.is(longest, Math.floor(16_384 / count))
    const lookedFor = secrets.flatMap(secret => formsOf(secret, longest))
    assert.ok(lookedFor.reduce((sum, { text }) => sum + text.length, 0) < 16_384 * 16)
  })
}

long('beside a long one a short one is looked for whole', () => {
  const secrets = [credential('short', 60), ...many(10, 100_000)]
  assert.ok(longestLookedFor(secrets) >= 60)
  const scrub = createScrub(secrets)
  assert.is(scrub(`a ${secrets[0]?.value} b`), `a ${SHOWN} b`)
})

long('the beginning and the end of each are found, where there are many', () => {
  const secrets = many(32, 4_000)
  const scrub = createScrub(secrets)
  for (const { value } of secrets) {
    assert.is(scrub(`a ${value.slice(0, 40)} b`), `a ${SHOWN} b`)
    assert.is(scrub(`a ${value.slice(-40)} b`), `a ${SHOWN} b`)
  }
})

long('masked after little, or before its end', () => {
  const [secret] = many(1, 4_000)
  const { value } = secret ?? credential('', 0)
  const scrub = createScrub([{ value, shown: SHOWN }])
  assert.is(scrub(`a ${value.slice(0, 12)}*** b`), `a ${SHOWN} b`)
  assert.is(scrub(`a ***${value.slice(-6)} b`), `a ${SHOWN} b`)
})

long('their index is filled in pieces of 2,048 places', () => {
  const secrets = many(4, 4_000)
  const forms = secrets.flatMap(secret => formsOf(secret, longestLookedFor(secrets)))
  const places = forms.reduce((sum, { text }) => sum + text.length - GRAM + 1, 0)
  const pieces = [...new Grams(forms).fill()]
  assert.is(pieces.length, Math.floor(places / 2_048))
  assert.ok(pieces.length > 50)
})

long('what is made in slices finds the same', async () => {
  const secrets = many(4, 4_000)
  const whole = createScrub(secrets)
  const sliced = await createScrubInTurns(secrets)
  for (const { value } of secrets) {
    for (const text of [value.slice(700, 760), Buffer.from(value).toString('hex'), encodeURIComponent(value)]) {
      assert.is(sliced(`a ${text} b`), whole(`a ${text} b`))
      assert.is.not(sliced(`a ${text} b`), `a ${text} b`)
    }
  }
})

long('is made once for calls with the same, and that of the last four sets is kept', async () => {
  const sets = Array.from({ length: 5 }, (_, n) => [credential(`set ${n} `, 5_000)])
  const [first = []] = sets
  const made = await scrubInTurnsFor(first)
  assert.is(await scrubInTurnsFor(first), made)
  for (const set of sets) await scrubInTurnsFor(set)
  assert.is.not(await scrubInTurnsFor(first), made)
})

long.run()
