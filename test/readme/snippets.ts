import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { type Ran, type World, withProgram } from './world'

/** What is done with a block of the README: it is run, or it is said why not. */
export type Snippet = {
  /** The whole first line of the block. */
  readonly begins: string
} & ({ run(text: string, world: World): Promise<void> } | { readonly notRun: string })

/** What the app of a snippet has besides. */
const APPS_OWN = `
const text = 'a text'
const ask = async path => (await fetch(process.env.OPENAI_BASE_URL + path)).json()
const summarise = async () => (await ask('/models')).data.length
const healthCheck = () => ask('/models')
`

/** A call was made, was seen, and the app knows nothing of it. */
function assertSeen({ code, stdout, stderr, calls, spans }: Ran): void {
  assert.equal([code, stderr, calls], [0, '', 1])
  assert.match(stdout, /^\d+\n$/)
  assert.equal(spans, ['listModels'])
}

/** One call and what it came to, as the command shows them. */
function assertShown(text: string): void {
  assert.match(text, /^> \d\d:\d\d:\d\d {2}listModels .*\n> 1 call, 0 errors/)
}

export const SNIPPETS: readonly Snippet[] = [
  { begins: 'channel event → Exchange → Route → Call → sinks', notRun: 'a drawing' },
  { begins: 'tried', notRun: 'what a command prints, which test/cli.test.ts holds' },
  { begins: 'npm ci && npm start', notRun: 'npm ci has brought the tests here; test/demo.test.ts runs the rest' },
  { begins: 'npm ci && npm test', notRun: 'it is what runs this' },
  {
    begins: 'npx interceptor node app.js                    # look now: no account, no Agent, no change to the app',
    async run(text, world) {
      const [look = '', stay = ''] = text.split('\n')
      const { code, stdout, stderr, calls } = await world.sh(look)
      assert.equal([code, calls], [0, 1], stderr)
      assert.match(stdout, /^\d+\n$/)
      assertShown(stderr)
      assertSeen(await world.sh(stay))
    },
  },
  {
    begins: 'npx interceptor --save calls.ndjson node app.js',
    async run(text, world) {
      const { code, stdout, stderr } = await world.sh(text)
      assert.is(code, 0, stderr)
      assertShown(stderr)
      // The program's own line, and the session again.
      assertShown(stdout.replace(/^\d+\n/, ''))
    },
  },
  {
    // The first line has been run to make the tarball, the second so that all others run: see the test.
    begins: 'npm ci && npm pack                                     # here: interceptor-0.1.0.tgz',
    async run(_, { app }) {
      for (const name of ['interceptor', 'dd-trace', 'undici']) {
        assert.ok(JSON.parse(readFileSync(join(app, 'node_modules', name, 'package.json'), 'utf8')).version)
      }
    },
  },
  {
    begins: 'npm install interceptor@npm:@your-scope/interceptor dd-trace',
    async run(text, world) {
      world.write('package.json', '{ "name": "shop", "private": true }')
      const { code, stderr } = await world.sh(text)
      assert.is(code, 0, stderr)
      assertSeen(await world.node(['--require', 'interceptor/register', 'app.js']))
    },
  },
  {
    begins: 'node --require interceptor/register app.js     # CommonJS',
    async run(text, world) {
      for (const line of text.trim().split('\n')) assertSeen(await world.sh(line))
    },
  },
  {
    begins: "import { start, suppress, withTags } from 'interceptor' // or require() it",
    async run(text, world) {
      const { code, stderr, calls } = await world.node([world.write('code.mjs', APPS_OWN + text)])
      assert.equal([code, stderr, calls], [0, '', 2])
    },
  },
  {
    begins: "import assert from 'node:assert'",
    async run(text, world) {
      const asks = APPS_OWN.replace('/models', '/models/gpt-4o-mini').replace('.data.length', '.id')
      const { code, stderr, calls } = await world.node([world.write('tested.mjs', asks + text)])
      assert.equal([code, stderr, calls], [0, '', 2])
    },
  },
  {
    begins: "import { play, record } from 'interceptor/testing'",
    async run(text, world) {
      const { code, stderr, calls } = await world.node([world.write('taped.mjs', APPS_OWN + text)])
      assert.equal([code, stderr, calls], [0, '', 1])
    },
  },
  {
    begins:
      'no tape answers POST /v1/chat/completions; the nearest is "0002-chat-completions" (- on the tape, + asked now):',
    notRun: 'what a test prints, which test/testing/play.test.ts holds',
  },
  {
    begins: 'WORKDIR /app',
    async run(text, world) {
      const steps = text
        .trim()
        .split('\n')
        .map(line => /^(\S+) (.*)$/.exec(line) ?? [])
      let env: NodeJS.ProcessEnv = {}
      for (const [line, word, rest = ''] of steps) {
        if (word === 'RUN') assert.is((await world.sh(rest, { env })).code, 0, line)
        else if (word === 'ENV') env = { ...env, ...assignments(rest), DD_AGENT_HOST: '127.0.0.1' }
        else if (word === 'CMD') assertSeen(await world.node(JSON.parse(rest).slice(1), { env }))
        else assert.ok(word === 'WORKDIR' || line === 'COPY . .', line)
      }
    },
  },
  {
    begins: 'env:',
    async run(text, world) {
      const { env }: { env: { name: string; value?: string; valueFrom?: unknown }[] } = parse(text)
      const ofNode = { fieldRef: { fieldPath: 'status.hostIP' } }
      for (const { value, valueFrom } of env) assert.ok(value !== undefined || equal(valueFrom, ofNode))
      const given = Object.fromEntries(env.map(({ name, value = '127.0.0.1' }) => [name, value]))
      assertSeen(await world.node(['app.js'], { env: given }))
    },
  },
  {
    begins: 'module.exports = {',
    async run(text, world) {
      const file = world.write('ecosystem.config.js', text)
      const read = `process.stdout.write(JSON.stringify(require(${JSON.stringify(file)})))`
      const { apps } = JSON.parse((await world.node(['-e', read], { cwd: '/' })).stdout)
      const [{ script, node_args: flags }] = apps
      // PM2 starts its processes elsewhere.
      assertSeen(await world.node([...flags, join(world.app, script)], { cwd: '/' }))
    },
  },
  {
    begins: '[Service]',
    async run(text, world) {
      const unit = new Map(text.split('\n').map(line => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]))
      assert.equal([...unit.keys()].sort(), ['', 'Environment', 'ExecStart', 'WorkingDirectory', '[Service]'])
      const args = unit.get('ExecStart')?.split(' ').slice(1) ?? []
      assertSeen(await world.node(args, { env: assignments(unit.get('Environment') ?? '') }))
    },
  },
  {
    begins: 'NODE_OPTIONS="--require interceptor/register" npx next start',
    async run(text, world) {
      // Next itself is 100 MB; tried by hand with Next 15.5. Here what it is given.
      const env = withProgram(
        world,
        'npx',
        '#!/usr/bin/env node\nif (process.argv[2] !== "next") throw process.argv\nrequire("../app.js")\n',
      )
      assertSeen(await world.sh(text, { env }))
    },
  },
  {
    begins: "const { start } = require('interceptor')",
    async run(text, world) {
      // What Lambda does: one event, and the process never runs on.
      const frozen = `\nexports.handler({ text }).then(answer => { console.log(answer); process.kill(process.pid, 'SIGKILL') })`
      const file = world.write('lambda.js', APPS_OWN + text + frozen)
      const before = world.datadog.dogstatsd.metrics().length
      const { code, calls } = await world.node([file], { env: { NODE_OPTIONS: '--require interceptor/register' } })
      assert.equal([code, calls], [null, 1])
      await world.datadog.dogstatsd.waitFor(metrics =>
        metrics.slice(before).some(({ name }) => name === 'openai.request.duration'),
      )
    },
  },
  {
    begins:
      '{ "models": { "gpt-4o": { "input": 2.5, "cachedInput": 1.25, "output": 10 }, "ft:gpt-4o:acme": { "input": 3.75, "output": 15 } } }',
    async run(text, world) {
      world.write('prices.json', text)
      const { code, stdout } = await world.sh('npx interceptor prices ft:gpt-4o:acme', {
        env: { INTERCEPTOR_PRICES: 'prices.json' },
      })
      assert.is(code, 0)
      assert.match(stdout, '3.75')
    },
  },
  {
    begins: 'npm install ./interceptor-0.1.0.tgz @opentelemetry/api @opentelemetry/sdk-node',
    async run(text, world) {
      const before = world.collector.spans().length
      const { code, stdout, stderr, calls } = await world.sh(text, {
        env: { ...world.collector.env, ENDS_BY: 'SIGTERM' },
      })
      assert.equal([code, calls], [0, 1], stderr)
      // It has been shut down, which exports what there is.
      const ours = world.collector
        .spans()
        .slice(before)
        .filter(({ scope }) => scope.name === 'interceptor')
      assert.is(ours.length, 1, `${stdout}${stderr}`)
    },
  },
  {
    begins: '// otel.js',
    async run(text, world) {
      assert.is(readFileSync(join(world.app, 'otel.js'), 'utf8'), text)
      const { code, stderr } = await world.node(['--require', './otel.js', '-e', '0'], { env: world.collector.env })
      assert.equal([code, stderr], [0, ''])
    },
  },
  {
    begins: '# Grafana Cloud; a Tempo of your own: OTEL_EXPORTER_OTLP_ENDPOINT=http://tempo:4318',
    notRun: 'each is a service with an account; the names of the variables are held against the SDK',
  },
  {
    begins: "import { start } from 'interceptor'",
    async run(text, world) {
      const file = world.write('hook.mjs', `${text}${APPS_OWN}await summarise()`)
      const { code, stdout, calls } = await world.node([file])
      assert.equal([code, calls], [0, 1])
      assert.match(stdout, /^listModels undefined undefined undefined\n$/)
    },
  },
  {
    begins: 'npx interceptor dashboard > dashboard.json',
    async run(text, world) {
      assert.is((await world.sh(text)).code, 0)
      const [dashboard, monitors] = ['dashboard', 'monitors'].map(name =>
        JSON.parse(readFileSync(join(world.app, `${name}.json`), 'utf8')),
      )
      assert.ok(dashboard.widgets.length > 0 && monitors.length > 0)
    },
  },
  {
    begins: 'curl -X POST "https://api.$DD_SITE/api/v1/dashboard" -H "DD-API-KEY: $DD_API_KEY" \\',
    async run(text, world) {
      // In place of curl: says where to, and whether what is sent is JSON.
      const curl = `#!/usr/bin/env node
const [url, body] = [process.argv.find(arg => arg.startsWith('https:')), process.argv.at(-1)]
const sent = JSON.parse(body[0] === '@' ? require('fs').readFileSync(body.slice(1), 'utf8') : body)
console.log(url, sent.title ? 'dashboard' : sent.query ? 'monitor' : 'nothing')\n`
      await world.sh('npx interceptor dashboard > dashboard.json; npx interceptor monitors > monitors.json')
      const count = JSON.parse(readFileSync(join(world.app, 'monitors.json'), 'utf8')).length
      const env = { ...withProgram(world, 'curl', curl), DD_SITE: 'datadoghq.eu', DD_APP_KEY: 'stand-in' }
      const { stdout, stderr } = await world.sh(text, { env })
      const posted = ['https://api.datadoghq.eu/api/v1/dashboard dashboard']
      for (let i = 0; i < count; i += 1) posted.push('https://api.datadoghq.eu/api/v1/monitor monitor')
      assert.equal(stdout.trim().split('\n'), posted, stderr)
    },
  },
]

/** `A=b "C=d e"` and `C="d e"`, as a shell, Docker and systemd read them. */
function assignments(text: string): Record<string, string> {
  const words = [...text.matchAll(/"([^"=]+)=([^"]*)"|([^\s=]+)="([^"]*)"|([^\s=]+)=(\S+)/g)]
  return Object.fromEntries(words.map(([, a, b, c, d, e, f]) => [a ?? c ?? e ?? '', b ?? d ?? f ?? '']))
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
