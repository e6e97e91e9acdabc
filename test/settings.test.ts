import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import type { Config } from '../lib/config/config'
import { liveConfig } from '../lib/config/live'
import { said } from './said'

/** Reads, and gives what was said. */
function reading(env: Record<string, string>, settings?: unknown): { config: Config; lines: string[] } {
  let config = readConfig({})
  const lines = said(() => {
    config = readConfig(env, settings)
  })
  return { config, lines }
}

const test = suite('settings')

// Booleans

test('every way of writing true and false is understood', () => {
  for (const [texts, value] of [
    [['true', 'TRUE', '1', 'yes', 'Yes', 'on', ' ON '], true],
    [['false', 'False', '0', 'no', 'NO', 'off', ' off\t'], false],
  ] as const) {
    for (const text of texts) {
      const { config, lines } = reading({ INTERCEPTOR_CAPTURE_CONTENT: text, DD_OPENAI_METRICS_ENABLED: text })
      assert.equal([config.captureContent, config.metricsEnabled], [value, value], text)
      assert.equal(lines, [])
    }
  }
})

// What cannot be read keeps content in

for (const [name, text] of [
  ['INTERCEPTOR_CAPTURE_CONTENT', 'of'],
  ['INTERCEPTOR_CAPTURE_CONTENT', '"false"'],
  ['INTERCEPTOR_CAPTURE_CONTENT', 'constructor'],
  ['INTERCEPTOR_REDACT', 'emails'],
  ['INTERCEPTOR_REDACT', 'email,emails'],
  ['INTERCEPTOR_REDACT', 'toString'],
  ['DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE', '50%'],
  ['DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE', '0,1'],
  ['INTERCEPTOR_ENABLED', 'flase'],
] as const) {
  test(`${name}=${text}: no content leaves, and the line says so`, () => {
    const { config, lines } = reading({ [name]: text })
    assert.is(config.captureContent, false)
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', `${name}: ${JSON.stringify(text)} is not `)
    assert.match(lines[0] ?? '', 'no prompt or output leaves the process')
  })
}

for (const [name, text] of [
  ['DD_OPENAI_LOGS_ENABLED', 'maybe'],
  ['DD_AGENTLESS_LOG_SUBMISSION_URL', 'localhost:8080'],
  ['DD_SITE', 'data dog'],
] as const) {
  test(`${name}=${text}: no logs are sent, and the line says so`, () => {
    const { config, lines } = reading({ DD_OPENAI_LOGS_ENABLED: 'true', [name]: text })
    assert.equal([config.logsEnabled, config.captureContent], [false, true])
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', 'no logs are sent')
  })
}

for (const [key, value] of [
  ['captureContent', 'false'],
  ['captureContent', 0],
  ['redactPatterns', ['emails']],
  ['redactPatterns', 'email'],
  ['redact', 'email'],
  ['redact', { email: true }],
  ['spanSampleRate', '50%'],
  ['spanSampleRate', Number.NaN],
  ['logSampleRate', 2],
] as const) {
  test(`start({ ${key}: ${JSON.stringify(value)} }): no content leaves, and the line says so`, () => {
    const { config, lines } = reading({ INTERCEPTOR_CAPTURE_CONTENT: 'true' }, { [key]: value })
    assert.is(config.captureContent, false)
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', `start({ ${key} }): `)
    assert.match(lines[0] ?? '', 'no prompt or output leaves the process')
  })
}

test('a privacy setting in code that can be read decides, whatever the environment says', () => {
  const { config, lines } = reading({ INTERCEPTOR_REDACT: 'emails' }, { redactPatterns: ['Email'] })
  assert.equal([config.captureContent, config.redactPatterns], [true, ['email']])
  assert.equal(lines, [])
})

// Settings in code

for (const [settings, line, key, used] of [
  [{ hosts: 5 }, 'start({ hosts }): 5 is not a list of texts; env.example is used instead', 'hosts', ['env.example']],
  [
    { hosts: ['a', 5] },
    'start({ hosts }): this list is not a list of texts; env.example is used instead',
    'hosts',
    ['env.example'],
  ],
  [
    { metricTags: 'team' },
    'start({ metricTags }): "team" is not a list of texts; an empty list is used instead',
    'metricTags',
    [],
  ],
  [
    { maxBodyBytes: Number.NaN },
    'start({ maxBodyBytes }): NaN is not a whole number from 0; 1048576 is used instead',
    'maxBodyBytes',
    1_048_576,
  ],
  [
    { spanCharLimit: -1 },
    'start({ spanCharLimit }): -1 is not a whole number from 0; 10 is used instead',
    'spanCharLimit',
    10,
  ],
  [
    { spanCharLimit: 10n },
    'start({ spanCharLimit }): 10 is not a whole number from 0; 10 is used instead',
    'spanCharLimit',
    10,
  ],
  [
    { service: Symbol('x') },
    'start({ service }): Symbol(x) is not a text; no value is used instead',
    'service',
    undefined,
  ],
  [{ prices: () => {} }, 'start({ prices }): a function is not a text; no value is used instead', 'prices', undefined],
] as const) {
  test(line, () => {
    const { config, lines } = reading({ INTERCEPTOR_HOSTS: 'env.example', DD_OPENAI_SPAN_CHAR_LIMIT: '10' }, settings)
    assert.equal(config[key], used)
    assert.equal(lines, [`interceptor: ${line}`])
  })
}

// Settings that are larger than any

const MANY = Array.from({ length: 200_000 }, (_, n) => `host-${n}.example`)
const LONG = 'x'.repeat(1_000_000)

for (const [name, env, settings, key, line] of [
  ['a list in code', {}, { hosts: MANY }, 'hosts', 'it has 200000 entries, and at most 1000 are read; env.example'],
  [
    'a list in a variable',
    {
      INTERCEPTOR_METRIC_TAGS: MANY.slice(0, 3_000)
        .map(tag => tag.slice(0, 10))
        .join(),
    },
    {},
    'metricTags',
    'it has 3000 entries, and at most 1000 are read; an empty list',
  ],
  [
    'a long list in a variable',
    { INTERCEPTOR_METRIC_TAGS: MANY.join() },
    {},
    'metricTags',
    'it has 3888889 characters, and at most 65536 are read; an empty list',
  ],
  [
    'patterns',
    {},
    { redactPatterns: MANY.map(() => 'key') },
    'redactPatterns',
    'it has 200000 entries, and at most 1000 are read; an empty list',
  ],
  ['outputs', {}, { outputs: MANY.map(() => 'otel') }, 'outputs', 'it has 200000 entries, and at most 1000 are read'],
  [
    'long entries',
    {},
    { metricTags: [LONG] },
    'metricTags',
    'it has 1000000 characters, and at most 65536 are read; an empty list',
  ],
  [
    'a text in code',
    {},
    { service: LONG },
    'service',
    'it has 1000000 characters, and at most 8192 are read; no value',
  ],
  ['a text in a variable', { DD_SITE: LONG }, {}, 'site', 'it has 1000000 characters, and at most 8192 are read'],
] as const) {
  test(`${name} that is larger than any is not read, and one line says how large it is`, () => {
    const { config, lines } = reading({ INTERCEPTOR_HOSTS: 'env.example', ...env }, settings)
    const without = reading({ INTERCEPTOR_HOSTS: 'env.example' }, {}).config
    assert.equal(config[key], without[key])
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', `: ${line}`)
  })
}

test('of a list the entries are read and not its iterator, which may have no end', () => {
  const hosts = ['a.example']
  hosts[Symbol.iterator] = function* () {
    for (;;) yield 'b.example'
  }
  assert.equal(reading({}, { hosts }).config.hosts, ['a.example'])
})

test('a list is copied and frozen: the app may change its own', () => {
  const hosts = ['a.example']
  const { config } = reading({}, { hosts })
  hosts.push('b.example')
  assert.equal(config.hosts, ['a.example'])
  assert.throws(() => Reflect.apply(Array.prototype.push, config.hosts, ['c']))
})

test('undefined and null say nothing', () => {
  const { config, lines } = reading({ DD_SERVICE: 'shop' }, { service: undefined, hosts: null, redact: null })
  assert.equal([config.service, config.hosts, config.captureContent, lines], ['shop', [], true, []])
})

test('the value of a secret is never said', () => {
  const key = '0123456789abcdef'.repeat(2)
  for (const { lines } of [
    reading({}, { apiKey: [key] }),
    reading({ DD_API_KEY: key }, { apiKey: 5 }),
    reading({ DD_SITE: `${key} `.repeat(2) }),
    reading({ DD_OPENAI_SPAN_CHAR_LIMIT: key }),
    reading({ DD_AGENTLESS_LOG_SUBMISSION_URL: `ftp://host/path?dd-api-key=${key}` }),
    reading({ DD_AGENTLESS_LOG_SUBMISSION_URL: `ftp://user:short@host` }),
  ]) {
    assert.is(lines.length, 1)
    assert.not.match(lines[0] ?? '', /0123456789|short/)
  }
})

// What has no name

test('a misspelt setting is named with the nearest known one', () => {
  const { lines } = reading({}, { hots: [], INTERCEPTOR_HOSTS: ['a'], DD_SERVICE: 'x', qqqqqqqqqq: 1 })
  assert.equal(lines, [
    'interceptor: start({ hots }): there is no such setting; did you mean hosts?',
    'interceptor: start({ INTERCEPTOR_HOSTS }): there is no such setting; did you mean hosts?',
    'interceptor: start({ DD_SERVICE }): there is no such setting; did you mean service?',
    'interceptor: start({ qqqqqqqqqq }): there is no such setting',
  ])
})

test('a misspelt variable is named with the nearest known one', () => {
  const { config, lines } = reading({
    INTERCEPTOR_HOST: 'a',
    INTERCEPTOR_SPAN_CHAR_LIMIT: '1',
    INTERCEPTOR_QQQQQQQQQ: '',
  })
  assert.equal(lines, [
    'interceptor: INTERCEPTOR_HOST: there is no such variable; did you mean INTERCEPTOR_HOSTS?',
    'interceptor: INTERCEPTOR_SPAN_CHAR_LIMIT: there is no such variable; did you mean DD_OPENAI_SPAN_CHAR_LIMIT?',
    'interceptor: INTERCEPTOR_QQQQQQQQQ: there is no such variable',
  ])
  assert.is(config.captureContent, true)
})

for (const [env, settings] of [
  [{ INTERCEPTOR_CAPTURE_CONTNET: 'false' }, undefined],
  [{ DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLING_RATE: '0' }, undefined],
  [{}, { captureContnet: false }],
  [{}, { redactPattern: ['email'] }],
] as const) {
  const name = Object.keys(settings ?? env)[0] ?? ''
  test(`${name} was most likely meant to keep content in: none leaves`, () => {
    const { config, lines } = reading({ ...env }, settings)
    assert.is(config.captureContent, false)
    assert.is(lines.length, 1)
    assert.match(lines[0] ?? '', /did you mean \w+\?; until then no prompt or output leaves the process$/)
  })
}

test('what Kubernetes sets for a service called interceptor is not ours, nor what others name DD_OPENAI_*', () => {
  const { lines } = reading({
    INTERCEPTOR_SERVICE_HOST: '10.0.0.1',
    INTERCEPTOR_SERVICE_PORT: '80',
    INTERCEPTOR_SERVICE_PORT_HTTP: '80',
    INTERCEPTOR_PORT: 'tcp://10.0.0.1:80',
    INTERCEPTOR_PORT_80_TCP: 'tcp://10.0.0.1:80',
    INTERCEPTOR_PORT_80_TCP_ADDR: '10.0.0.1',
    DD_OPENAI_SOMETHING_QUITE_DIFFERENT: '1',
  })
  assert.equal(lines, [])
})

test('an address without a scheme is understood, and the remedy said', () => {
  for (const [address, url] of [
    ['localhost:11434', 'http://localhost:11434'],
    ['127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    ['ollama', 'http://ollama'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['gateway.example.com/v1', 'https://gateway.example.com/v1'],
  ]) {
    const { config, lines } = reading({ OPENAI_BASE_URL: address ?? '' })
    assert.is(config.openaiBaseUrl, address)
    assert.equal(lines, [
      `interceptor: OPENAI_BASE_URL: ${JSON.stringify(address)} has no scheme, which clients need; write ${url}`,
    ])
  }
  const { config, lines } = reading({ OPENAI_BASE_URL: 'not a url' })
  assert.is(config.openaiBaseUrl, undefined)
  assert.is(lines.length, 1)
})

// Whatever is given, the app starts

const revoked = Proxy.revocable({}, {})
revoked.revoke()
const hostile = (trap: 'get' | 'ownKeys' | 'getPrototypeOf') =>
  new Proxy(
    { service: 'x' },
    {
      [trap]: () => {
        throw new Error('no')
      },
    },
  )

for (const [what, settings, open] of [
  ['null', null, true],
  ['a list', ['captureContent'], false],
  ['a text', 'captureContent=false', false],
  ['a number', 5, false],
  ['a function', () => {}, false],
  ['a revoked proxy', revoked.proxy, false],
  ['a proxy that throws at every setting', hostile('get'), false],
  ['a proxy that does not tell its keys', hostile('ownKeys'), true],
  ['an object without a prototype', Object.assign(Object.create(null), { service: 'x' }), true],
  [
    'a getter that throws',
    {
      get redact() {
        throw new Error('no')
      },
    },
    false,
  ],
  [
    'a list that throws',
    {
      hosts: new Proxy(['a'], {
        get: () => {
          throw new Error('no')
        },
      }),
    },
    true,
  ],
  ['a name with lines and colours', { 'a\n\u001b[31mb': 1 }, true],
] as const) {
  test(`settings that are ${what} are survived${open ? '' : ', and no content leaves'}`, () => {
    const { config, lines } = reading({}, settings)
    assert.is(config.captureContent, open)
    assert.ok(
      lines.every(line => /^interceptor: [\x20-\x7e]+$/.test(line)),
      lines.join('\n'),
    )
    if (!open) assert.match(lines.join('\n'), 'no prompt or output leaves the process')
  })
}

// A later start

test('a later start changes what it can, names the rest in one line, and says nothing of what is the same', () => {
  const live = liveConfig({}, { service: 'shop', spoolDir: '/a', hosts: ['a'] })
  const lines = said(() => {
    const changed = live.apply({ service: 'shop', spanCharLimit: 5, spoolDir: '/b', apiKey: 'k', hosts: ['a'] })
    assert.ok(changed.has('spanCharLimit') && !changed.has('spoolDir'))
  })
  assert.is(lines.length, 1)
  assert.match(lines[0] ?? '', /spool|apiKey/)
  assert.match(lines[0] ?? '', 'apiKey, spoolDir cannot be changed')
  assert.equal([live.config.spanCharLimit, live.config.spoolDir], [5, '/a'])
})

test('a later start that cannot be read closes, and one that can opens again', () => {
  let live = liveConfig({}, undefined)
  said(() => {
    live = liveConfig({ INTERCEPTOR_REDACT: 'emails' }, undefined)
  })
  assert.equal(
    said(() => live.apply({ captureContent: true })),
    [],
  )
  assert.is(live.config.captureContent, false)
  live.apply({ redactPatterns: ['email'] })
  assert.is(live.config.captureContent, true)
  said(() => live.apply({ redact: 5 }))
  assert.is(live.config.captureContent, false)
})

test('a later start can turn logs and metrics off, and not on', () => {
  const live = liveConfig({ DD_OPENAI_LOGS_ENABLED: 'on' }, undefined)
  assert.equal(
    said(() => live.apply({ logsEnabled: false, metricsEnabled: false })),
    [],
  )
  assert.equal([live.config.logsEnabled, live.config.metricsEnabled], [false, false])
  assert.match(said(() => live.apply({ logsEnabled: true })).join(), 'logsEnabled cannot be changed')
  assert.is(live.config.logsEnabled, false)
})

test('an object of another kind, given by mistake, is told in few lines and keeps content in', () => {
  const names = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`row${n}`, n]))
  const { config, lines } = reading({}, { ...names, hosts: ['gateway.example'] })
  assert.equal(config.hosts, ['gateway.example'])
  assert.is(config.captureContent, false)
  assert.is(lines.length, 21)
  assert.match(lines[20] ?? '', 'start(): 4980 more names are no settings either; until then no prompt')
})

test.run()
