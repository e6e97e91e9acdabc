import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createRedactor } from '../lib/redact'
import { INNOCENT, SECRETS } from './data/redaction'

const redactor = createRedactor({ patterns: ['key', 'bearer', 'email', 'card'] })
const clean = (text: string): string => redactor.redact(text, 'messages') ?? ''

const found = suite('redaction finds')

for (const { what, text, secret } of SECRETS) {
  found(what, () => {
    const left = clean(text)
    for (let at = 0; at + 6 <= secret.length; at += 1) {
      const part = secret.slice(at, at + 6)
      const isName = text.replace(secret, '').includes(part)
      assert.ok(isName || !left.includes(part), `${part} is left: ${left}`)
    }
    // What stands around it stays.
    const [before = '', after = ''] = text.split(secret)
    assert.ok(left.startsWith(before.slice(0, 4)) && left.endsWith(after.slice(-4)), left)
  })
}

found('the list is long enough', () => {
  assert.ok(SECRETS.length >= 120, String(SECRETS.length))
})

found.run()

const innocent = suite('redaction leaves alone')

for (const text of INNOCENT) {
  innocent(text, () => {
    assert.is(clean(text), text)
  })
}

innocent('the list is long enough', () => {
  assert.ok(INNOCENT.length >= 120, String(INNOCENT.length))
})

innocent.run()
