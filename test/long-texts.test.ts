import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { createRedactor } from '../lib/redact'
import { clipped } from '../lib/redact/clipped'
import { LONGEST_MATCH } from '../lib/redact/key-shapes'
import { createScrub } from '../lib/redact/scrub'
import type { CallEnd } from '../lib/sinks/sink'
import { charsShown, spanText } from '../lib/sinks/text'
import { wantedBy } from '../lib/sinks/wanted'
import { startWorld } from './world'

/** Texts of which a sink shows the beginning: what is beyond is not searched, and what is shown is as if it had been. */
const LIMIT = 128
const SHOWN = charsShown(LIMIT)

const KEY = `${'sk'}-proj-${'a1B2c3D4'.repeat(20)}`
const SECRETS = {
  'the call’s own key': KEY,
  'an e-mail': 'jane.doe@example.com',
  'a card': '4111 1111 1111 1111',
  'a bearer': `Bearer ${'Zx9Yw8Vu'.repeat(40)}`,
  'a long private key': `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(4000)}\n-----END PRIVATE KEY-----`,
}

const texts = suite('a long text')

for (const [what, secret] of Object.entries(SECRETS)) {
  texts(`with ${what} anywhere around what is shown of it`, () => {
    const scrub = createScrub([{ value: KEY, shown: 'sk-...c3D4' }])
    const redactor = createRedactor({ patterns: ['key', 'bearer', 'email', 'card'] })
    const shown = (text: string): string => spanText(redactor.redact(scrub(text), '') ?? '', LIMIT)
    for (const at of [0, LIMIT - 60, LIMIT - 12, LIMIT - 1, LIMIT, SHOWN - 12, SHOWN - 1, SHOWN, SHOWN + 1]) {
      const text = `${'words '.repeat(60).slice(0, at)} ${secret} ${'and more '.repeat(4000)}`
      const cut =
        clipped({ fields: new Map(), content: new Map([['prompt', text]]) }, SHOWN).content.get('prompt') ?? ''
      assert.is.not(cut, text)
      assert.is(shown(cut), shown(text), `${what} at ${at}`)
    }
  })
}

texts('of which nothing is shown is not kept, and a short one is left alone', () => {
  const short = { fields: new Map([['n', 1]]), content: new Map([['prompt', 'x'.repeat(SHOWN + LONGEST_MATCH)]]) }
  assert.is(clipped(short, SHOWN), short)
  assert.is(clipped(short, Number.POSITIVE_INFINITY), short)
  assert.equal(clipped(short, 0), { fields: short.fields, content: new Map() })
})

const end = (wants: Partial<CallEnd>): CallEnd => Object.assign(() => {}, wants)
const METRICS = end({})
const SPAN = end({ textChars: () => SHOWN })
const LOG = end({ wantsSample: () => true })
const NO_LOG = end({ wantsSample: () => false })

for (const [what, ends, settings, chars] of [
  ['metrics alone', [METRICS], {}, 0],
  ['a span', [METRICS, SPAN, NO_LOG], {}, SHOWN],
  ['a span and a log', [SPAN, LOG], {}, Number.POSITIVE_INFINITY],
  ['nobody, with capture off', [SPAN, LOG], { captureContent: false }, 0],
  ['a span, after the app’s own redact function', [SPAN], { redact: (text: string) => text }, Number.POSITIVE_INFINITY],
] as const) {
  texts(`is wanted by ${what}: ${chars} characters`, () => {
    assert.is(wantedBy(ends, readConfig({}, settings)).textChars, chars)
  })
}

texts('is shown on a span by its beginning, and given whole to the app’s redact function', async () => {
  const prompt = `begins ${'and goes on '.repeat(5000)}ends`
  const given: string[] = []
  const world = await startWorld()
  const ask = (): Promise<string> =>
    fetch(`${world.openai.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }),
    }).then(response => response.text())
  const spans = [await world.spanOf(ask)]
  await world.restart({ redact: text => given[given.push(text) - 1] ?? '' })
  spans.push(await world.spanOf(ask))
  await world.stop()
  for (const { meta } of spans) assert.is(meta['openai.request.messages.0.content'], `${prompt.slice(0, LIMIT)}...`)
  assert.ok(given.includes(prompt))
})

texts.run()
