import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from './app'
import { blocksOf } from './readme/blocks'
import { anchorOf, knownVariables } from './readme/names'
import { SNIPPETS } from './readme/snippets'
import { prepareWorld, type World } from './readme/world'

/**
 * The README's snippets, run as they stand there: the package is packed and installed by the README's own commands, from a
 * registry on loopback.
 */

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const blocks = blocksOf(README)
const firstLineOf = (text: string): string => text.split('\n')[0] ?? ''
const blockOf = (begins: string) => blocks.filter(({ text }) => firstLineOf(text) === begins)

const test = suite<World>('the README')

test.before(async context => {
  const [block] = blocks.filter(({ text }) => text.startsWith('npm ci && npm pack'))
  const [pack = '', install = ''] = block?.text.split('\n') ?? []
  // Not `npm ci`: it would take the packages away from under the other tests.
  const world = await prepareWorld(pack.replace('npm ci && ', ''))
  const installed = await world.sh(install)
  assert.is(installed.code, 0, installed.stderr)
  const [otel] = blocks.filter(({ text }) => text.startsWith('// otel.js'))
  world.write('otel.js', otel?.text ?? '')
  Object.assign(context, world)
})
test.after(world => world.close())

test('each block is run, or it is said why not', () => {
  for (const { begins } of SNIPPETS) assert.is(blockOf(begins).length, 1, `blocks of the README that begin: ${begins}`)
  for (const { line, text } of blocks) {
    const entries = SNIPPETS.filter(({ begins }) => begins === firstLineOf(text))
    assert.is(
      entries.length,
      1,
      `entries in test/readme/snippets.ts for the block in line ${line}: ${firstLineOf(text)}`,
    )
  }
})

test('code stands in blocks that say their language', () => {
  for (const { language, line } of blocks) assert.ok(language !== '', `line ${line}`)
  const prose = README.replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '')
  assert.not.match(prose, /\n\n {4}\S/, 'a block that is only indented')
})

test('names no environment variable that nobody reads', () => {
  const known = knownVariables()
  const named = new Set(README.match(/\b(DD|OTEL|INTERCEPTOR|OPENAI|AZURE|NODE|HTTPS?|NO)_[A-Z0-9_]+/g))
  assert.equal(
    [...named].filter(name => !known.has(name)),
    [],
  )
})

test('names no script of the project that is not there', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = new Set(
    [...README.matchAll(/npm (?:run )?((?:start|test|bench|tapes|docs|screenshots)[\w:]*)/g)].map(([, name]) => name),
  )
  assert.equal(
    [...named].filter(name => !(name !== undefined && name in scripts)),
    [],
  )
})

test('links to headings and files that are there', () => {
  const anchors = new Set([...README.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)))
  for (const [, target = ''] of README.matchAll(/(?:\]\(|src="|srcset="|href=")([^)"\s]+)/g)) {
    if (/^https:/.test(target)) continue
    const [file = '', anchor] = target.split('#')
    assert.ok(file === '' || existsSync(join(ROOT, file)), target)
    assert.ok(anchor === undefined || anchors.has(anchor), target)
  }
})

test('what is said of other tools is of the versions that are compared here', () => {
  const versionOf = (folder: string): string =>
    JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).version
  const [, tracer] = /dd-trace (\d+\.\d+), `@opentelemetry/.exec(README) ?? []
  assert.ok(
    versionOf('node_modules/dd-trace').startsWith(`${tracer}.`),
    'look at its plugin again, and say which version',
  )
  const lock: { packages: Record<string, { version: string }> } = JSON.parse(
    readFileSync(join(ROOT, 'bench', 'peers', 'package-lock.json'), 'utf8'),
  )
  for (const [name, pattern] of [
    ['@opentelemetry/instrumentation-openai', /`@opentelemetry\/instrumentation-openai` (\d+\.\d+)/],
    ['@arizeai/openinference-instrumentation-openai', /OpenInference's `instrumentation-openai` (\d+\.\d+)/],
  ] as const) {
    const [, said] = pattern.exec(README) ?? []
    assert.ok(lock.packages[`node_modules/${name}`]?.version.startsWith(`${said}.`), name)
  }
})

test('names all that dd-trace’s plugin traces of the SDK', () => {
  const source = readFileSync(
    join(ROOT, 'node_modules/dd-trace/packages/datadog-instrumentations/src/openai.js'),
    'utf8',
  )
  const traced = [...source.matchAll(/baseResource: '([^']+)'/g)].map(([, resource = '']) => resource)
  const WORDS: Record<string, string> = {
    'chat.completions': 'chat',
    'fine_tuning.jobs': 'fine-tuning',
    'fine-tune': 'fine-tuning',
  }
  const row = /dd-trace's `openai` plugin \| ([^|]*)\|/.exec(README)?.[1] ?? ''
  assert.ok(traced.length > 10)
  for (const resource of new Set(traced)) assert.match(row, WORDS[resource] ?? resource.replace('audio.', ''))
})

for (const snippet of SNIPPETS) {
  if ('notRun' in snippet) continue
  const [block] = blockOf(snippet.begins)
  if (block === undefined) continue
  test(`line ${block.line}: ${snippet.begins.replace(/\s{2,}.*/, '')}`, async world => {
    await snippet.run(block.text, world)
  })
}

test.run()
