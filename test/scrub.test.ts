import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { credentialsOf } from '../lib/openai/read/credentials'
import { rewriteInTurns, rewriteRecord } from '../lib/redact/record'
import { createScrub } from '../lib/redact/scrub'
import { isSecret } from '../lib/redact/secret'

const KEY = 'sk-test-Qm4x9TzLp2Wc7Rv1'
const byLetter = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '%$&')
const LONG = `sk-proj-${createHash('sha512').update('key').digest('base64url')}wxyz`
const SHOWN = 'sk-...7Rv1'
const scrub = createScrub([{ value: KEY, shown: SHOWN }])

const own = suite('the call’s own key, echoed')

for (const [what, text, expected] of [
  ['in full', `key ${KEY}, and ${KEY}.`, `key ${SHOWN}, and ${SHOWN}.`],
  ['in a URL', `https://x/?key=${KEY}&a=1`, `https://x/?key=${SHOWN}&a=1`],
  ['in capitals', `KEY ${KEY.toUpperCase()}`, `KEY ${SHOWN}`],
  [
    'masked as OpenAI does',
    'Incorrect API key provided: sk-test-************7Rv1. See',
    `Incorrect API key provided: ${SHOWN}. See`,
  ],
  ['masked after little', 'provided: sk-te***', `provided: ${SHOWN}`],
  ['masked, with more of its end', 'sk-test-Q****Wc7Rv1', SHOWN],
  ['masked by dots', 'sk-test-Qm…7Rv1', SHOWN],
  ['masked by letters', 'sk-testxxxxxxxxLp2Wc7Rv1', SHOWN],
  ['all of it masked but a long end', '********Lp2Wc7Rv1', SHOWN],
  ['cut', 'key sk-test-Qm4x9T', `key ${SHOWN}`],
  ['cut, with dots', 'key sk-test-Qm...', `key ${SHOWN}`],
  ['its middle', `…4x9TzLp2Wc7R…`, `…${SHOWN}…`],
  ['in base64', Buffer.from(KEY).toString('base64'), SHOWN],
  ['in hexadecimal', Buffer.from(KEY).toString('hex'), SHOWN],
  ['every letter percent-encoded', `?k=${byLetter(KEY)}&l`, `?k=${SHOWN}&l`],
  ['every letter so, capitals', byLetter(KEY).toUpperCase(), SHOWN],
  ['a part so', `…${byLetter(KEY.slice(9, 25))}…`, `…${SHOWN}…`],
  ['some letters so by chance', byLetter(KEY.slice(10, 16)), byLetter(KEY.slice(10, 16))],
  ['shown already', `key ${SHOWN}`, `key ${SHOWN}`],
  ['other keys', 'sk-other-***1234, sk-...abcd', 'sk-other-***1234, sk-...abcd'],
  ['sentences', 'No risk... sk- is a prefix, sk-test- too', 'No risk... sk- is a prefix, sk-test- too'],
  ['Markdown', '**sk** is a **task**, ***sk*** too', '**sk** is a **task**, ***sk*** too'],
] as const) {
  own(`${what}: ${text}`, () => {
    assert.is(scrub(text), expected)
  })
}

own('any thirty characters of a long one are masked, wherever they are from and stand', () => {
  const long = createScrub([{ value: LONG, shown: 'sk-...wxyz' }])
  for (let at = 0; at + 30 <= LONG.length; at += 1) {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const text = `${before} ${LONG.slice(at, at + 30)} b`
      assert.is(long(text), `${before} sk-...wxyz b`, String(at))
    }
  }
})

own('in base64 behind a user’s name', () => {
  const long = createScrub([{ value: LONG, shown: 'sk-...wxyz' }])
  for (const user of ['', 'u', 'us', 'use']) {
    const text = long(`x ${Buffer.from(`${user}:${LONG}`).toString('base64')} y`)
    assert.match(text, 'sk-...wxyz')
    const rest = text.replace('sk-...wxyz', '')
    assert.ok(rest.length < 16, rest)
  }
})

own('percent-encoded and JSON-escaped', () => {
  const odd = createScrub([{ value: 'p/q=r"s-1234567', shown: 'sk-...4567' }])
  for (const text of ['?k=p%2Fq%3Dr%22s-1234567', '?k=p%2fq%3dr%22s-1234567', '?k=p\\/q=r\\"s-1234567']) {
    assert.is(odd(text), '?k=sk-...4567')
  }
})

own('what all keys of a kind share is not one', () => {
  const anthropic = createScrub([{ value: `sk-ant-api03-${'x7'.repeat(20)}`, shown: 'sk-...7x7x' }])
  assert.is(anthropic('sk-ant-api03- is the prefix'), 'sk-ant-api03- is the prefix')
})

own('takes time in proportion to the text, whatever the text', () => {
  const spent = (text: string): number => {
    const { user } = process.cpuUsage()
    scrub(text)
    return process.cpuUsage().user - user
  }
  for (const piece of [
    'sk-test-',
    'sk-',
    'sk-te**',
    's',
    'sk',
    '*',
    '** ',
    'x',
    '...',
    '****a1b2c3d4',
    KEY.slice(0, 11),
  ]) {
    const short = piece.repeat(Math.ceil(20_000 / piece.length))
    spent(short)
    const bound = 100 * (spent(short) + 5_000)
    const took = spent(piece.repeat(Math.ceil(400_000 / piece.length)))
    assert.ok(took < bound, `${piece}: ${took} µs, bound ${bound}`)
  }
})

own('in an address that is a parameter of another, encoded twice', () => {
  const password = 'svc:p@ss/w0rd+Zq8k"77'
  const clean = createScrub([{ value: password, shown: '[redacted]' }])
  const inner = `https://x/?to=${encodeURIComponent(password)}`
  assert.is(clean(`go=${encodeURIComponent(inner)}`), `go=${encodeURIComponent('https://x/?to=')}[redacted]`)
})

own('any thirty characters of a cookie of 4 kB, in any case', () => {
  const cookie = Array.from({ length: 50 }, (_, n) => createHash('sha512').update(`${n}`).digest('base64url')).join('')
  const clean = createScrub([{ value: cookie, shown: '[redacted]' }])
  for (let at = 0; at + 30 <= cookie.length; at += 7) {
    const part = cookie.slice(at, at + 30)
    assert.is(clean(`x ${at % 2 === 0 ? part : part.toUpperCase()} y`), 'x [redacted] y', String(at))
  }
})

own('what repeats itself leaves nothing of a part’s length', () => {
  const clean = createScrub([{ value: `${'ab1'.repeat(400)}${LONG}`, shown: '#' }])
  assert.match(clean(`x ${'ab1'.repeat(40)} y`), /^x #{1,9} y$/)
  assert.match(clean(LONG), /^#$/)
})

own.run()

const dummies = suite('what stands for a key where none is needed')

for (const word of (
  'lm-studio undefined ollama none EMPTY test dummy no-key x key secret 1234 placeholder not-needed no-key-required ' +
  'sk-no-key-required sk-1234 test1234 your-api-key API_KEY local noKeyRequired LmStudio fake-key-123 xxxxxxxxxxxxxxxxx ' +
  `sk-${'x'.repeat(28)} 00000000 12345678 null anything`
).split(' ')) {
  dummies(`${word} is a word`, () => {
    assert.not(isSecret(word))
    const headers = new Map([['authorization', `Bearer ${word}`]])
    const { secrets } = credentialsOf({ headers, origin: 'http://localhost', query: '' })
    assert.equal(secrets, [])
  })
}

for (const key of [
  KEY,
  LONG,
  'a1b2c3d4',
  '5f4dcc3b5aa765d61d8327deb882cf99',
  'pa55word-1',
  'QmXzLpWcRvTy',
  'qzxwvtkplmn',
]) {
  dummies(`${key.slice(0, 12)} is a key`, () => {
    assert.ok(isSecret(key))
  })
}

dummies.run()

const credentials = suite('the credentials of a request')

const JWT_CLAIMS = (issuer: string): string => Buffer.from(JSON.stringify({ iss: issuer })).toString('base64url')
const jwt = (issuer: string): string => `eyJhbGciOiJub25lIn0.${JWT_CLAIMS(issuer)}.c2lnbmF0dXJl`

const hiddenOf = (headers: Record<string, string>, query = '', origin = 'https://host'): string[] =>
  credentialsOf({ headers: new Map(Object.entries(headers)), origin, query }).secrets.map(({ value }) => value)

for (const name of (
  'api-key x-api-key ocp-apim-subscription-key helicone-auth cf-aig-authorization x-portkey-api-key x-goog-api-key ' +
  'x-amz-security-token x-vault-token x-functions-key apikey x-client-secret proxy-authorization authentication ' +
  'x-signature x-sig x-my-credential cookie x-auth x-authn x-access-token-v2'
).split(' ')) {
  credentials(`header ${name}`, () => {
    const [value] = hiddenOf({ [name]: 'Zq8k-gateway-9f3b' })
    assert.is(value, 'Zq8k-gateway-9f3b')
  })
}

for (const name of 'key api-key api_key token access_token sig signature auth X-Amz-Credential subscription-key code'.split(
  ' ',
)) {
  credentials(`query parameter ${name}, as it is and encoded`, () => {
    assert.equal(new Set(hiddenOf({}, `a=b&${name}=p%2Fq-0a1b2c3d`)), new Set(['p%2Fq-0a1b2c3d', 'p/q-0a1b2c3d']))
  })
}

credentials('of Basic the user, the password and both', () => {
  const pair = Buffer.from('svc-user-77:hunter2-pass').toString('base64')
  assert.equal(
    new Set(hiddenOf({ 'proxy-authorization': `Basic ${pair}` })),
    new Set([pair, 'svc-user-77', 'hunter2-pass']),
  )
})

credentials('of the URL’s userinfo, decoded too', () => {
  const found = hiddenOf({}, '', 'https://me:p%40ss-w0rd-1@host')
  assert.equal(new Set(found), new Set(['p%40ss-w0rd-1', 'p@ss-w0rd-1']))
})

credentials('of a cookie each value', () => {
  assert.equal(
    hiddenOf({ cookie: 'theme=dark; sid=s%3A9f8e7d6c5b4a; consent=accepted' }).includes('s:9f8e7d6c5b4a'),
    true,
  )
  assert.equal(hiddenOf({ cookie: 'theme=dark; consent=accepted; lang=en-US' }), [])
})

for (const [name, value] of [
  ['idempotency-key', 'stainless-node-retry-0a1b2c3d'],
  ['x-portkey-provider', 'openai-eu-west-2'],
  [':authority', 'my.host.example:8443'],
  ['x-max-tokens', '100000000'],
  ['x-auth-type', 'bearer'],
  ['content-type', 'application/json; charset=utf-8'],
] as const) {
  credentials(`${name} is none`, () => {
    assert.equal(hiddenOf({ [name]: value }), [])
  })
}

for (const [what, headers, query, shown] of [
  ['a bearer key', { authorization: `Bearer ${KEY}` }, '', SHOWN],
  ['Azure’s', { 'api-key': '0123456789abcdef0123456789abcdef' }, '', 'sk-...cdef'],
  ['API Management’s', { 'ocp-apim-subscription-key': '0123456789abcdef0123456789abcdef' }, '', 'sk-...cdef'],
  ['a browser’s WebSocket', { 'sec-websocket-protocol': `realtime, openai-insecure-api-key.${KEY}` }, '', SHOWN],
  ['the query’s', {}, `key=${KEY}`, SHOWN],
  ['an Entra token', { authorization: `Bearer ${jwt('https://sts.windows.net/0a1b/')}` }, '', 'entra'],
  ['another web token', { authorization: `Bearer ${jwt('https://issuer.example')}` }, '', 'jwt'],
  [
    'a web token beside API Management’s key',
    {
      authorization: `Bearer ${jwt('https://sts.windows.net/0a1b/')}`,
      'ocp-apim-subscription-key': `${'0a1b'.repeat(8)}`,
    },
    '',
    'sk-...0a1b',
  ],
  ['none', {}, '', undefined],
] as const) {
  credentials(`shown: ${what}`, () => {
    const { key, secrets } = credentialsOf({ headers: new Map(Object.entries(headers)), origin: 'https://h', query })
    assert.is(key, shown)
    assert.is(secrets.length > 0, shown !== undefined)
  })
}

credentials.run()

const record = suite('the whole record')

record('every text and every name, in maps, lists and objects, also those to come', () => {
  const dirty = {
    model: KEY,
    fields: new Map<string, unknown>([
      [`logit_bias.${KEY}`, 1],
      ['user', KEY],
    ]),
    sample: [{ [KEY]: [KEY, 1, null], deep: new Map([[KEY, new Map([['x', KEY]])]]) }],
    kept: () => true,
    id: 5n,
  }
  const clean = rewriteRecord(dirty, scrub)
  assert.is(clean.model, SHOWN)
  assert.equal(
    [...clean.fields],
    [
      [`logit_bias.${SHOWN}`, 1],
      ['user', SHOWN],
    ],
  )
  assert.equal(clean.sample, [
    { [SHOWN]: [SHOWN, 1, null], deep: new Map([[SHOWN, new Map([['x', SHOWN]])]]) },
  ] as unknown)
  assert.is(clean.kept, dirty.kept)
  assert.is(clean.id, 5n)
  assert.is(dirty.model, KEY, 'the record itself stays')
})

record('is given back as it is where nothing is echoed', () => {
  const fine = { model: 'gpt-4o', fields: new Map([['user', 'jane']]) }
  assert.is(rewriteRecord(fine, scrub), fine)
})

record('walks 100,000 levels, and circles', () => {
  const circle: Record<string, unknown> = { model: KEY }
  circle.self = circle
  assert.is(rewriteRecord(circle, scrub).model, SHOWN)
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"${KEY}"${']'.repeat(100_000)}`)
  let inner: unknown = rewriteRecord({ deep }, scrub).deep
  while (Array.isArray(inner)) inner = inner[0]
  assert.is(inner, SHOWN)
})

const turns = suite('a record of megabytes')

for (const [what, text] of Object.entries({
  'parts of the key': `${KEY.slice(0, 20)} `.repeat(40_000),
  'masked keys': 'sk-test-***7Rv1 '.repeat(60_000),
  'masks of nothing': '...a '.repeat(200_000),
  'no space at all': 'a**'.repeat(300_000),
})) {
  turns(`is scrubbed in many turns and as it is in one: a text of ${what}`, async () => {
    const record = { content: new Map([['prompt', text]]), sample: { parts: [{ text }] }, id: `x ${KEY}` }
    const [clean, taken] = await countingTurns(() => rewriteInTurns(record, scrub))
    assert.equal(clean, rewriteRecord(record, scrub))
    assert.is(clean.id, `x ${SHOWN}`)
    assert.ok(taken > 3, `${taken} turns`)
  })
}

turns('is scrubbed in many turns and as it is in one: a hundred thousand texts, and lists in order', async () => {
  const list = Array.from({ length: 100_000 }, (_, i) => (i % 1_000 === 7 ? `${i} ${KEY}` : `${i} and other words`))
  const record = { sample: { list, again: list, numbers: [1, 2, 3] } }
  const [clean, taken] = await countingTurns(() => rewriteInTurns(record, scrub))
  assert.equal(clean, rewriteRecord(record, scrub))
  assert.is(clean.sample.list[99_007], `99007 ${SHOWN}`)
  assert.is(clean.sample.again, clean.sample.list)
  assert.ok(taken > 3, `${taken} turns`)
  const fine = { list: Array.from({ length: 100_000 }, (_, i) => `${i}`) }
  assert.is(await rewriteInTurns(fine, scrub), fine)
})

async function countingTurns<T>(work: () => Promise<T>): Promise<[T, number]> {
  let taken = 0
  const count = (): void => {
    taken += 1
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const made = await work()
  clearImmediate(timer)
  return [made, taken]
}

record.run()
turns.run()
