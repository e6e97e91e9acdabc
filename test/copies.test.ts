import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DEPENDENCIES, type Ground, type Outcome, prepareGround, ROOT } from './app'

/**
 * `register` was loaded by a flag, and the app uses another copy of the package: of its own folder, or bundled with all
 * that it depends on. Both copies act as one.
 */

const test = suite<{ ground: Ground }>('two copies of the package')

const COPY = 'node_modules/interceptor'

test.before(async context => {
  const ground = await prepareGround()
  ground.link(...DEPENDENCIES)
  const isProduct = (path: string) => !path.startsWith(join(ROOT, 'dist', 'local'))
  cpSync(join(ROOT, 'dist'), join(ground.folder, COPY, 'dist'), { recursive: true, filter: isProduct })
  cpSync(join(ROOT, 'package.json'), join(ground.folder, COPY, 'package.json'))
  context.ground = ground
})
test.after(({ ground }) => ground.close())

const CHAT = `const chat = content => fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-tape': 'js-chat-completion-01' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
}).then(response => response.arrayBuffer())
`

type Way = (ground: Ground, source: string, env?: NodeJS.ProcessEnv) => Promise<Outcome>

const FLAGS = ['--require', 'interceptor/register']

const WAYS: Record<string, Way> = {
  'of its own folder': (ground, source, env = {}) =>
    ground.run(ground.write('app.cjs', CHAT + source), { flags: FLAGS, env }),
  'bundled with its dependencies': (ground, source, env = {}) => {
    const outfile = join(ground.folder, 'bundle.cjs')
    const entryPoints = [ground.write('bundled.cjs', CHAT + source)]
    buildSync({ entryPoints, bundle: true, platform: 'node', outfile, logLevel: 'error', external: ['dd-trace'] })
    return ground.run(outfile, { flags: FLAGS, env })
  },
}

const SECRET = /SECRET/

for (const [way, run] of Object.entries(WAYS)) {
  const sent = async (ground: Ground, source: string, env?: NodeJS.ProcessEnv) => {
    const outcome = await run(ground, source, env)
    assert.is(outcome.code, 0, outcome.stderr)
    return {
      ...outcome,
      text: JSON.stringify(outcome.spans, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    }
  }

  test(`withTags of one ${way} puts tags on the call`, async ({ ground }) => {
    const { spans, stderr } = await sent(
      ground,
      `require('interceptor').withTags({ team: 'search' }, () => chat('hi'))`,
    )
    assert.is(spans[0]?.meta.team, 'search')
    assert.is(stderr, '')
  })

  test(`suppress of one ${way} keeps the call from us`, async ({ ground }) => {
    const { spans, calls } = await sent(ground, `require('interceptor').suppress(() => chat('hi'))`)
    assert.equal([calls, spans.length], [1, 0])
  })

  test(`start({ captureContent: false }) of one ${way} keeps prompts in from then on`, async ({ ground }) => {
    const source = `const { start } = require('interceptor')
chat('OPEN').then(() => start().flush()).then(() => {
  start({ captureContent: false })
  return chat('SECRET')
})`
    const { spans, text, stderr } = await sent(ground, source)
    assert.is(spans.length, 2)
    assert.match(text, 'OPEN')
    assert.not.match(text, SECRET)
    assert.is(stderr, '')
  })

  test(`start({ redact }) of one ${way} redacts from then on`, async ({ ground }) => {
    const source = `require('interceptor').start({ redact: text => text.replaceAll('SECRET', '[gone]') })
chat('a SECRET')`
    const { text, stderr } = await sent(ground, source)
    assert.match(text, 'a [gone]')
    assert.not.match(text, SECRET)
    assert.is(stderr, '')
  })

  test(`settings of one ${way} that cannot be read keep prompts in`, async ({ ground }) => {
    const { text, stderr } = await sent(ground, `require('interceptor').start({ redact: 'email' }); chat('SECRET')`)
    assert.not.match(text, SECRET)
    assert.match(
      stderr,
      /^interceptor: start\(\{ redact \}\): "email" is not a function; .*no prompt or output leaves.*\n$/,
    )
  })

  test(`what one ${way} cannot change is named in one line`, async ({ ground }) => {
    const source = `const { start } = require('interceptor')
start({ spoolDir: '/tmp/a', prices: '/b', spanCharLimit: 3, hosts: 5, captureContnet: true })
chat('long prompt')`
    const { spans, stderr } = await sent(ground, source)
    const lines = stderr.trimEnd().split('\n')
    assert.is(lines.filter(line => line.includes('cannot be changed')).length, 1)
    assert.match(stderr, 'prices, spoolDir cannot be changed')
    assert.match(stderr, 'start({ hosts }): 5')
    assert.match(stderr, 'did you mean captureContent?')
    assert.is(lines.length, 3)
    assert.is(spans[0]?.meta['openai.request.messages.0.content'], undefined)
  })
}

test('a copy of before, which knows no later settings: one line, and the app runs', async ({ ground }) => {
  const old = `globalThis[Symbol.for('interceptor.running')] = {
  handle: { flush: async () => {}, stop: async () => {}, counters: () => ({ old: 1 }) },
}
`
  const source = `const { start } = require('interceptor')
console.log(start({ captureContent: false }).counters().old, start().counters().old)`
  const file = join(ground.folder, 'with-old.cjs')
  writeFileSync(file, old + source)
  const { code, stdout, stderr } = await ground.run(file)
  assert.equal([code, stdout], [0, '1 1\n'])
  assert.match(stderr, /^interceptor: start\(\): another version of interceptor runs already, .*\n$/)
})

test.run()
