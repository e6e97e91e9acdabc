import { setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { counters } from '../lib/counters'
import type { Json } from '../lib/openai/json'
import { createRedactor } from '../lib/redact'

const patterns = suite('redact, built-in patterns')

const ALL = createRedactor({ patterns: ['key', 'bearer', 'email', 'card'] })
const clean = (text: string): string | undefined => ALL.redact(text, 'messages')

/** Not a key as it stands here, so that no scanner takes it for one. */
const key = (prefix: string, length: number): string => prefix + 'a1B2c3D4'.repeat(length / 8 + 1).slice(0, length)

for (const secret of [
  key('sk-test-', 40),
  key('sk-proj-test_', 60),
  `AKIA${'TEST'.repeat(4)}`,
  key('ghp_', 36),
  key('github_pat_', 40),
  key('glpat-', 20),
  key('xoxb-', 24),
  key('AIza', 35),
  key('rk_test_', 24),
  key('hf_', 34),
  key('npm_', 36),
  `${key('eyJ', 20)}.${key('eyJ', 30)}.${key('', 30)}`,
]) {
  patterns(`key: ${secret.slice(0, 11)}…`, () => {
    assert.is(clean(`use "${secret}", please`), 'use "[redacted key]", please')
  })
}

for (const [what, text, expected] of [
  ['a bearer token', 'authorization: bearer abcdefgh12345678==', 'authorization: Bearer [redacted]'],
  ['a bearer of news', 'The bearer of news', 'The bearer of news'],
  [
    'words that begin like keys',
    'a task-force, sk-learn and a risk-averse',
    'a task-force, sk-learn and a risk-averse',
  ],
  ['an address', 'write to Ann.O+x@mail.example.co.uk.', 'write to [redacted email].'],
  ['addresses in a row', '<a@b.de>,c@d.org', '<[redacted email]>,[redacted email]'],
  ['an address of other letters', 'grüße@müller.de', '[redacted email]'],
  ['what is no address', 'a @ b, @someone, x@y and 5@', 'a @ b, @someone, x@y and 5@'],
  ['a card', 'pay 4111 1111 1111 1111 now', 'pay [redacted card] now'],
  ['a card with hyphens', '5500-0000-0000-0004', '[redacted card]'],
  ['a card without spaces', 'n=378282246310005;', 'n=[redacted card];'],
  ['a card among other numbers', '12 4111 1111 1111 1111 35', '12 [redacted card] 35'],
  ['a wrong check digit', '4111 1111 1111 1112', '4111 1111 1111 1112'],
  ['a time in milliseconds', '1700000000000 1700000000008', '1700000000000 1700000000008'],
] as const) {
  patterns(`${what}: ${text}`, () => {
    assert.is(clean(text), expected)
  })
}

patterns('only those asked for', () => {
  const redactor = createRedactor({ patterns: ['email'] })
  assert.is(redactor.redact('a@b.de pays 4111111111111111', ''), '[redacted email] pays 4111111111111111')
})

patterns('take time in proportion to the text, whatever the text', () => {
  const hostile = [
    'a',
    'sk-',
    'sk-a ',
    'eyJ',
    'eyJaaaaaaaa.',
    'eyJ-',
    'bearer ',
    'bearer\t\t\t\t\t\t\t\t',
    '@',
    'a@',
    'a.a@a.',
    'x@y.z',
    '1',
    '1 ',
    '4111 ',
    '4111-1111-1111-1112 ',
    'SG.',
    'xox',
    'AKIA',
    ' ',
    '0',
    '-----BEGIN RSA PRIVATE KEY-----',
    'password=',
    'token: ',
    'https://a:',
    'https://a:b',
    'a%40',
    'a%40b.c',
    'AccountKey=',
    'eyJa.',
    '7:AA',
    '-us1',
    '4111.',
    'basic ',
  ]
  const spent = (text: string): number => {
    const start = process.cpuUsage()
    clean(text)
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  for (const piece of hostile) {
    const short = piece.repeat(Math.ceil(20_000 / piece.length))
    const long = piece.repeat(Math.ceil(400_000 / piece.length))
    spent(short)
    // 20 times the text: quadratic time would be 400 times as much. The constant keeps tiny times from deciding.
    const bound = 100 * (spent(short) + 5_000)
    const took = spent(long)
    assert.ok(took < bound, `${JSON.stringify(piece)}: ${took} µs, bound ${bound}`)
  }
})

patterns.run()

const hooks = suite('redact, the app’s own function')

hooks('is given each text after the patterns, and where it belongs', () => {
  const seen: string[][] = []
  const redactor = createRedactor({
    patterns: ['email'],
    hook: (value, where) => {
      seen.push([value, where])
      return value.toUpperCase()
    },
  })
  assert.is(redactor.redact('hi a@b.de', 'prompt'), 'HI [REDACTED EMAIL]')
  assert.equal(seen, [['hi [redacted email]', 'prompt']])
})

for (const [what, hook] of [
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  ['gives a promise', async () => 'text'],
  ['gives a promise that rejects', () => Promise.reject(new Error('no'))],
  ['gives a number', () => 5],
  ['gives nothing', () => undefined],
] as const) {
  hooks(`${what}: the text is left out, and that is counted`, async () => {
    const unhandled: unknown[] = []
    const take = (reason: unknown): number => unhandled.push(reason)
    process.on('unhandledRejection', take)
    const before = counters()['redact.failed'] ?? 0
    const untyped: unknown = hook
    const redactor = createRedactor({ patterns: [], hook: untyped as (value: string) => string })
    assert.is(redactor.redact('secret', 'prompt'), undefined)
    assert.equal(redactor.redactJson([{ content: 'secret', n: 1 }, 'secret'], 'messages'), [{ n: 1 }, null])
    assert.is(counters()['redact.failed'], before + 3)
    await turn()
    process.off('unhandledRejection', take)
    assert.equal(unhandled, [])
  })
}

hooks.run()

const values = suite('redact, JSON values')

values('rewrites every text and every name of a field, and leaves the value as it was', () => {
  const value: Json = { 'a@b.de': [1, true, null, 'c@d.org', { x: 'fine' }] }
  const copy = structuredClone(value)
  assert.equal(ALL.redactJson(value, 'messages'), {
    '[redacted email]': [1, true, null, '[redacted email]', { x: 'fine' }],
  })
  assert.equal(value, copy)
})

values('walks 100,000 levels', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}"a@b.de"${']'.repeat(100_000)}`)
  let inner: unknown = ALL.redactJson(deep, 'messages')
  let levels = 0
  for (; Array.isArray(inner); levels += 1) inner = inner[0]
  assert.is(levels, 100_000)
  assert.is(inner, '[redacted email]')
})

values('does not let a body name a prototype', () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "x"}')
  const result = ALL.redactJson(hostile, 'messages')
  assert.is(JSON.stringify(result), '{"__proto__":{"polluted":"yes"},"constructor":"x"}')
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

values.run()
