import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BUILT_IN_HOSTS } from '../lib/check/settings'
import { readConfig } from '../lib/config'
import { type Datadog, startDatadog } from '../lib/local/receiver/datadog'
import { hasUnixDatagrams, startDogstatsd } from '../lib/local/receiver/dogstatsd'
import { startLlmobsIntake } from '../lib/local/receiver/llmobs'
import { startReceiver } from '../lib/local/receiver/receiver'
import { createHosts } from '../lib/openai/recognise/hosts'
import { agentUrl } from '../lib/tracer/agent-url'

const DIST = join(__dirname, '..', 'dist')
const CLI = join(DIST, 'cli', 'cli.js')
/** As long as Datadog's are. */
const API_KEY = '0123456789abcdef0123456789abcdef'

/** A port that needs rights to listen on, and that nobody wants. */
const NOBODY = 'http://127.0.0.1:1'

interface Ran {
  code: number
  stdout: string
  stderr: string
  /** What stands beside a label, its lines joined. */
  row(label: string): string
}

/** The `interceptor` command in a process of its own, with no more environment than is given. */
function interceptor(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const options = { env: { PATH: process.env.PATH, ...env }, cwd: tmpdir(), timeout: 30_000 }
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      const row = (label: string): string => {
        const [, found = ''] = new RegExp(`^  ${label} +(.*(?:\\n {5,}.*)*)`, 'm').exec(stdout) ?? []
        return found.replace(/\s+/g, ' ')
      }
      resolve({ code, stdout, stderr, row })
    })
  })
}

const cli = suite('interceptor, the command')
const check = suite('interceptor check')

let datadog: Datadog
let env: NodeJS.ProcessEnv

check.before(async () => {
  datadog = await startDatadog()
  env = { ...datadog.env, DD_API_KEY: API_KEY, DD_OPENAI_LOGS_ENABLED: 'true' }
})
check.before.each(() => {
  datadog.agent.trouble()
  datadog.intake.trouble()
})
check.after(() => datadog.close())

cli('--help and no command at all: what there is', async () => {
  for (const args of [['--help'], ['-h'], ['help'], []]) {
    const { code, stdout, stderr } = await interceptor(args)
    assert.is(code, 0)
    assert.is(stderr, '')
    for (const command of ['check', 'dashboard', 'monitors', 'prices'])
      assert.match(stdout, new RegExp(`^  ${command} `, 'm'))
  }
})

cli('help and a command: what its --help says', async () => {
  for (const command of ['check', 'open', 'prices']) {
    const { code, stdout, stderr } = await interceptor(['help', command])
    assert.equal([code, stderr, stdout], [0, '', (await interceptor([command, '--help'])).stdout])
  }
  const unknown = await interceptor(['help', 'nosuch'])
  assert.equal([unknown.code, unknown.stdout], [2, ''])
  assert.match(unknown.stderr, /^interceptor: there is no command of ours called nosuch; .*\n$/)
})

cli('--version: the package’s', async () => {
  const { version } = JSON.parse(readFileSync(join(DIST, '..', 'package.json'), 'utf8'))
  assert.is((await interceptor(['--version'])).stdout, `${version}\n`)
})

const MISUSES = [
  [
    'more than a command',
    ['check', 'all'],
    /^interceptor: a program to check goes after --: interceptor check -- all; see interceptor --help\n$/,
  ],
  ['an unknown option', ['check', '--fast'], /^interceptor: unknown option '--fast'; see interceptor --help\n$/],
  ['an unknown option before a program', ['--fast', 'node'], /^interceptor: unknown option '--fast'; .*\n$/],
  [
    'an option nearly right',
    ['--jsn', 'node'],
    /^interceptor: unknown option '--jsn' \(Did you mean --json\?\); .*\n$/,
  ],
  ['an option without its value', ['--save'], /^interceptor: option '--save <file>' argument missing; .*\n$/],
  ['a port that is none', ['--port', 'x', 'node'], /^interceptor: option .* It is no port from 0 to 65535\.; .*\n$/],
  ['open without a file', ['open'], /^interceptor: missing required argument 'file'; .*\n$/],
] as const

for (const [name, args, line] of MISUSES) {
  cli(`${name}: one line, exit code 2`, async () => {
    const { code, stdout, stderr } = await interceptor([...args])
    assert.is(code, 2)
    assert.is(stdout, '')
    assert.match(stderr, line)
  })
}

cli('can be run by its name', () => {
  assert.match(readFileSync(CLI, 'utf8'), /^#!\/usr\/bin\/env node\n/)
})

for (const command of ['dashboard', 'monitors']) {
  cli(`${command}: JSON and nothing else`, async () => {
    const { code, stdout, stderr } = await interceptor([command])
    assert.is(code, 0, stderr)
    assert.type(JSON.parse(stdout), 'object')
  })
}

check('all well: each arrives once, and what can be confirmed is', async () => {
  const { code, row, stderr } = await interceptor(['check'], { ...env, DD_SERVICE: 'shop', DD_ENV: 'test' })
  assert.is(stderr, '')
  assert.is(code, 0)
  assert.is(row('span'), `accepted ${datadog.agent.url} dd-trace posted it to /v0.4/traces, the answer was 200`)
  assert.match(row('metric'), `cannot be confirmed ${datadog.dogstatsd.url} sent, and not refused`)
  assert.is(row('log'), `accepted ${datadog.intake.url}/api/v2/logs the answer was 202`)

  assert.equal(
    datadog.agent.spans().map(({ resource, service }) => [resource, service]),
    [['interceptor check', 'shop']],
  )
  // Nothing but the span: no telemetry, no polling.
  assert.equal(datadog.agent.paths, ['/v0.4/traces'])
  await datadog.dogstatsd.waitFor(1)
  assert.equal(
    datadog.dogstatsd.metrics().map(({ name, values }) => [name, ...values]),
    [['interceptor.check', 1]],
  )
  const [entry, ...more] = datadog.intake.entries()
  assert.equal(more, [])
  assert.is(entry?.message, 'interceptor check')
  assert.is(entry?.ddtags, 'env:test,version:')
})

check('under interceptor/register, which has started the tracer: the same', async () => {
  const preloaded = { ...env, NODE_OPTIONS: `--require ${join(DIST, 'register.js')}` }
  const { code, row } = await interceptor(['check'], preloaded)
  assert.match(row('span'), /^accepted /)
  assert.match(row('log'), /^accepted /)
  assert.is(code, 0)
})

check('nothing listens anywhere: said for each, with the remedy', async () => {
  const nobody = { DD_TRACE_AGENT_URL: NOBODY, DD_DOGSTATSD_PORT: '1', DD_AGENTLESS_LOG_SUBMISSION_URL: NOBODY }
  const { code, row } = await interceptor(['check'], { ...env, ...nobody })
  assert.is(code, 1)
  assert.match(row('span'), `not accepted ${NOBODY} nothing listens there start the Datadog Agent, or set DD_TRACE_AG`)
  assert.match(row('log'), `not accepted ${NOBODY}/api/v2/logs nothing listens there is DD_SITE or`)
  // Whether a closed UDP port is told is the machine's affair.
  if (process.platform === 'linux') assert.match(row('metric'), 'not accepted udp://127.0.0.1:1 nothing listens there')
})

check('an agent and an intake that never answer are not waited for without end', async () => {
  datadog.agent.trouble({ hanging: true })
  datadog.intake.trouble({ hanging: true })
  const { code, row } = await interceptor(['check'], env)
  assert.is(code, 1)
  assert.match(row('span'), /^not accepted \S+ no answer within 2 seconds is it the agent’s port for traces/)
  assert.match(row('log'), /^not accepted \S+ no answer within 5 seconds is there a way out/)
})

const AGENT_ANSWERS = [
  [404, /it does not seem to be the agent’s port for traces \(8126\)/],
  [500, /the agent’s own log says why/],
] as const

for (const [status, remedy] of AGENT_ANSWERS) {
  check(`an agent that answers ${status}`, async () => {
    datadog.agent.trouble({ status })
    const { code, row } = await interceptor(['check'], env)
    assert.is(code, 1)
    assert.match(row('span'), new RegExp(`^not accepted .* the answer was ${status} `))
    assert.match(row('span'), remedy)
  })
}

const INTAKE_ANSWERS = [
  [403, /the answer was 403 DD_API_KEY \(\.\.\.cdef\) is wrong, or no key of/],
  [404, /the answer was 404 it is no logs intake: correct DD_AGENTLESS_LOG_SUBMISSION_URL/],
  [503, /the answer was 503 it takes nothing now: try again later/],
] as const

for (const [status, expected] of INTAKE_ANSWERS) {
  check(`an intake that answers ${status}`, async () => {
    datadog.intake.trouble({ status })
    const { code, row } = await interceptor(['check'], env)
    assert.is(code, 1)
    assert.match(row('log'), /^not accepted /)
    assert.match(row('log'), expected)
    assert.match(row('span'), /^accepted /)
  })
}

check('logs off: no failure, and how to turn them on', async () => {
  const before = datadog.intake.requests()
  const { code, row } = await interceptor(['check'], { ...env, DD_OPENAI_LOGS_ENABLED: '', DD_API_KEY: '' })
  assert.is(code, 0)
  assert.match(row('log'), /^off .* to have logs, set DD_OPENAI_LOGS_ENABLED=true and DD_API_KEY$/)
  assert.match(row('logs to'), 'nowhere')
  assert.is(datadog.intake.requests(), before)
})

check('logs on without a key: a failure', async () => {
  const { code, row } = await interceptor(['check'], { ...env, DD_API_KEY: '' })
  assert.is(code, 1)
  assert.match(row('log'), /^not accepted .* there is no DD_API_KEY/)
})

check('OpenTelemetry alone: nothing of Datadog is tried or asked for', async () => {
  const before = datadog.agent.requests()
  const { code, row, stdout, stderr } = await interceptor(['check'], {
    ...env,
    INTERCEPTOR_OUTPUTS: 'otel',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret@collector:4318',
  })
  assert.equal([code, stderr, datadog.agent.requests()], [0, '', before])
  assert.is(row('outputs'), 'otel')
  assert.match(
    row('OpenTelemetry'),
    /^through the SDK that the app starts; the environment names http:.*collector:4318/,
  )
  assert.match(row('OpenTelemetry'), /without prompts and outputs$/)
  assert.not.match(stdout, /secret|spans to|metrics to|logs to/)
  assert.match(stdout, '  nothing: no output of Datadog’s is on')
})

check('LLM Observability on: a span through the Agent, or to the intake where the Agent has no proxy', async () => {
  const { agent } = datadog
  const on = { ...env, DD_LLMOBS_ENABLED: 'true', DD_LLMOBS_ML_APP: 'bookshop', DD_API_KEY: '' }
  const { code, row } = await interceptor(['check'], { ...on, DD_OPENAI_LOGS_ENABLED: '' })
  assert.is(row('llmobs'), `accepted ${agent.url} the answer was 202`)
  assert.match(row('LLM Observability'), /^http:.*\/evp_proxy\/v2\/api\/v2\/llmobs with prompts and outputs$/)
  const [span, more] = agent.llmobs.spans()
  assert.equal([code, span?.name, span?.tags[0], more], [0, 'interceptor check', 'ml_app:bookshop', undefined])

  const old = await startReceiver({}, ({ res }) => res.writeHead(404).end())
  const intake = await startLlmobsIntake()
  try {
    const alone = { INTERCEPTOR_OUTPUTS: 'llmobs', INTERCEPTOR_LLMOBS_URL: intake.url, DD_TRACE_AGENT_URL: old.url }
    const keyed = await interceptor(['check'], { ...alone, DD_API_KEY: API_KEY })
    assert.equal([keyed.code, keyed.row('llmobs')], [0, `accepted ${intake.url} the answer was 202`])
    assert.not.match(keyed.stdout, /spans to|accepted {4,}.*logs/)
    assert.is(intake.spans().length, 1)

    const unkeyed = await interceptor(['check'], alone)
    assert.is(unkeyed.code, 1)
    assert.match(unkeyed.row('llmobs'), `not accepted ${old.url} the answer was 404 it is an Agent without EVP proxy`)

    const agentless = await interceptor(['check'], { ...alone, DD_LLMOBS_AGENTLESS_ENABLED: 'true' })
    assert.match(agentless.row('llmobs'), /^not accepted there is nowhere to send it set DD_API_KEY/)

    intake.trouble({ status: 403 })
    const refused = await interceptor(['check'], { ...alone, DD_API_KEY: API_KEY })
    assert.match(refused.row('llmobs'), /the answer was 403 DD_API_KEY \(\.\.\.cdef\) is wrong, or no key of INTERC/)

    const nobody = await interceptor(['check'], { INTERCEPTOR_OUTPUTS: 'llmobs', DD_TRACE_AGENT_URL: NOBODY })
    assert.match(nobody.row('llmobs'), `not accepted ${NOBODY} nothing listens there start the Datadog Agent`)
  } finally {
    await Promise.all([old.close(), intake.close()])
  }
})

check('spans and metrics off: no failure, nothing is sent', async () => {
  const [posts, datagrams] = [datadog.agent.requests(), datadog.dogstatsd.datagrams.length]
  const off = { DD_TRACE_ENABLED: 'false', DD_OPENAI_METRICS_ENABLED: 'false' }
  const { code, row } = await interceptor(['check'], { ...env, ...off })
  assert.is(code, 0)
  assert.match(row('span'), /^off .* DD_TRACE_ENABLED is false/)
  assert.match(row('metric'), /^off .* DD_OPENAI_METRICS_ENABLED is false/)
  assert.equal([datadog.agent.requests(), datadog.dogstatsd.datagrams.length], [posts, datagrams])
})

if (hasUnixDatagrams()) {
  check('a Unix socket: one that is there takes the metric, a missing one is a failure', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interceptor-check-'))
    const path = join(folder, 'dsd.socket')
    const there = await startDogstatsd({ socket: path })
    const taken = await interceptor(['check'], { ...env, DD_DOGSTATSD_URL: `unix://${path}` })
    await there.waitFor(1)
    await there.close()
    const missing = await interceptor(['check'], { ...env, DD_DOGSTATSD_URL: `unix://${path}` })
    rmSync(folder, { recursive: true })

    assert.equal([taken.code, taken.row('metric')], [0, `accepted unix://${path} the socket took it`])
    assert.equal(
      there.metrics().map(({ name }) => name),
      ['interceptor.check'],
    )
    assert.is(missing.code, 1)
    assert.match(missing.row('metric'), `not accepted unix://${path} there is no such socket start the Datadog Agent`)
  })
}

check('says what is recognised, captured and sent, from the environment', async () => {
  const { row } = await interceptor(['check'], {
    ...env,
    OPENAI_BASE_URL: 'https://gateway.example.com/v1',
    AZURE_OPENAI_ENDPOINT: 'https://acme.example.net',
    INTERCEPTOR_HOSTS: 'localhost:11434,ht!tp',
    DD_OPENAI_SERVICE: 'shop-ai',
    DD_VERSION: '7',
    DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE: '0.25',
    DD_OPENAI_SPAN_CHAR_LIMIT: '64',
    INTERCEPTOR_REDACT: 'email,Card',
    INTERCEPTOR_MAX_BODY_BYTES: '1000',
    INTERCEPTOR_PRICES: '/nowhere/prices.json',
  })
  assert.is(row('OPENAI_BASE_URL'), 'https://gateway.example.com/v1')
  assert.is(row('AZURE_OPENAI_ENDPOINT'), 'https://acme.example.net')
  assert.is(row('INTERCEPTOR_HOSTS'), 'localhost:11434, ht!tp (left out: no host)')
  assert.is(row('as'), 'service shop-ai, env -, version 7')
  assert.is(row('spans to'), datadog.agent.url)
  assert.is(row('metrics to'), datadog.dogstatsd.url)
  assert.is(row('logs to'), `${datadog.intake.url}/api/v2/logs (DD_API_KEY ...cdef)`)
  const spans = 'on spans of 25 % of traces, cut to 64 characters'
  assert.is(row('prompts and outputs'), `${spans}; in full in logs of 10 % of traces`)
  assert.is(row('redacted'), 'the call’s own key, email, card')
  assert.is(row('bodies read'), 'up to 1,000 bytes a side, 64 MiB in all')
  assert.match(
    row('prices'),
    /^the price list of \d{4}-\d\d-\d\d \(\d+ days? old\), bundled; \/nowhere\/prices\.json cannot be used: ENOENT/,
  )
})

check('names what shares an observed host: agent, metrics, proxies, without their passwords', async () => {
  const { row } = await interceptor(['check'], {
    ...env,
    INTERCEPTOR_HOSTS: '127.0.0.1',
    HTTPS_PROXY: 'http://user:secret@127.0.0.1:3128',
  })
  assert.match(
    row('collisions'),
    `the agent (${datadog.agent.url}) is on an observed host: write the gateway's own port`,
  )
  assert.match(row('collisions'), 'the proxy of HTTPS_PROXY (http://127.0.0.1:3128)')
  assert.match(row('collisions'), 'DogStatsD')
  const apart = await interceptor(['check'], { ...env, INTERCEPTOR_HOSTS: 'gateway.example.com' })
  assert.is(apart.row('collisions'), '-')
})

check('where a setting about content cannot be read, it says that none leaves', async () => {
  const { row, stderr } = await interceptor(['check'], { ...env, INTERCEPTOR_REDACT: 'emial' })
  assert.is(row('prompts and outputs'), 'never leave: a setting about them cannot be read')
  assert.match(
    stderr,
    /^interceptor: INTERCEPTOR_REDACT: "emial" is not a list of .*no prompt or output leaves the process\n$/,
  )
  const off = await interceptor(['check'], { ...env, INTERCEPTOR_CAPTURE_CONTENT: 'off' })
  assert.is(off.row('prompts and outputs'), 'never leave: INTERCEPTOR_CAPTURE_CONTENT is false')
})

check('a bad variable is said once, and the rest goes on', async () => {
  const { code, stderr, row } = await interceptor(['check'], { ...env, DD_OPENAI_SPAN_CHAR_LIMIT: 'many' })
  assert.is(
    stderr,
    'interceptor: DD_OPENAI_SPAN_CHAR_LIMIT: "many" is not a whole number from 0; 128 is used instead\n',
  )
  assert.match(row('prompts and outputs'), 'cut to 128 characters')
  assert.is(code, 0)
})

check('an agent’s URL that is none', async () => {
  const { code, row } = await interceptor(['check'], { ...env, DD_TRACE_AGENT_URL: 'agent' })
  assert.is(code, 1)
  assert.match(row('span'), /^not accepted agent DD_TRACE_AGENT_URL is no URL write http:/)
})

check('no secret is shown in full, wherever it stands', async () => {
  const secret = 'sk-test-sesame-open-0000wxyz'
  const { port } = datadog.intake
  const { stdout, stderr } = await interceptor(['check'], {
    ...env,
    DD_API_KEY: secret,
    OPENAI_API_KEY: secret,
    OPENAI_BASE_URL: `https://user:${secret}@gateway.example.com/v1?key=${secret}`,
    AZURE_OPENAI_ENDPOINT: `https://${secret}@acme.example.net/?key=${secret}`,
    INTERCEPTOR_HOSTS: `user:${secret}@llm.example.com,https://${secret}@llm.example.com/v1?key=${secret}`,
    DD_TRACE_AGENT_URL: `http://user:${secret}@127.0.0.1:${datadog.agent.port}`,
    DD_AGENTLESS_LOG_SUBMISSION_URL: `http://user:${secret}@127.0.0.1:${port}/api/v2/logs?dd-api-key=${secret}`,
  })
  assert.not.match(stdout + stderr, 'sesame')
  assert.match(stdout, /OPENAI_API_KEY +sk-\.\.\.wxyz/)
  assert.match(stdout, /DD_API_KEY \.\.\.wxyz/)
  assert.match(stdout, 'https://gateway.example.com/v1\n')
})

check('a key too short to hide behind four characters is not shown at all', async () => {
  const { stdout } = await interceptor(['check'], { ...env, DD_API_KEY: 'short-one' })
  assert.not.match(stdout, '-one')
})

check('the hosts that are said to be built in are', () => {
  const hosts = createHosts(readConfig({}))
  for (const host of BUILT_IN_HOSTS.flat().map(pattern => pattern.replace('*', 'acme'))) {
    const path = host.endsWith('.googleapis.com')
      ? '/v1/projects/p/locations/l/publishers/openai/v1/responses'
      : '/openai/v1/models'
    assert.ok(hosts.find(`https://${host}`, path), host)
  }
})

const AGENT_URLS = [
  [{}, 'http://127.0.0.1:8126'],
  [{ DD_AGENT_HOST: 'agent' }, 'http://agent:8126'],
  [{ DD_AGENT_HOST: '::1', DD_TRACE_AGENT_PORT: '9126' }, 'http://[::1]:9126'],
  [{ DD_TRACE_AGENT_PORT: '9126' }, 'http://127.0.0.1:9126'],
  [{ DD_TRACE_AGENT_URL: 'unix:///apm.socket', DD_AGENT_HOST: 'agent' }, 'unix:///apm.socket'],
  [{ DD_TRACE_AGENT_URL: 'agent' }, undefined],
] as const

check('the agent is looked for where dd-trace does', () => {
  for (const [given, expected] of AGENT_URLS) assert.is(agentUrl(given, '/no/such.socket'), expected)
  assert.is(agentUrl({}, __filename), `unix://${__filename}`)
  assert.is(agentUrl({ DD_AGENT_HOST: 'agent' }, __filename), 'http://agent:8126')
})

cli.run()
check.run()
