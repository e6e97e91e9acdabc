import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DEPENDENCIES, type Ground, ONE_CALL, type Outcome, PEERS, prepareGround, ROOT } from './app'

/**
 * The package as its users get it: packed, unpacked into an empty folder and used from there. Its dependencies are
 * linked from this project, so that no network is needed.
 */

const execute = promisify(execFile)

const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** The sources that are the product: not the stand-ins. */
const sources = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
  file => file.endsWith('.ts') && !/^(local|page)\//.test(file),
)

const test = suite<{ ground: Ground; files: string[]; tarball: string }>('the package')

test.before(async context => {
  const ground = await prepareGround()
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', ground.folder]
  const { stdout } = await execute('npm', pack, { cwd: ROOT })
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout)
  if (packed === undefined) throw new Error('nothing was packed')
  const home = join(ground.folder, 'node_modules', 'interceptor')
  mkdirSync(home, { recursive: true })
  await execute('tar', ['-xzf', join(ground.folder, packed.filename), '-C', home, '--strip-components=1'])
  ground.link(...DEPENDENCIES, 'dd-trace', '@types/node', 'undici-types')
  const tarball = join(ground.folder, packed.filename)
  Object.assign(context, { ground, tarball, files: packed.files.map(file => file.path) })
})
test.after(({ ground }) => ground.close())

test('has the compiled code, its types and the papers, and nothing else', ({ files }) => {
  const papers = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
  for (const paper of papers) assert.is(files.includes(paper), existsSync(join(ROOT, paper)), paper)
  // Of the page what a browser is given, and no source.
  const page = ['dist/page/app.css', 'dist/page/app.js', 'dist/page/index.html']
  assert.equal(files.filter(file => file.startsWith('dist/page/')).sort(), page)
  const compiled = files.filter(file => !page.includes(file))
  // Of the stand-ins what plays and records tapes in the tests of an app.
  const shipped = /^dist\/(?!local\/(?!listen\.|tapes\/)).*\.(js|d\.ts)$/
  const others = compiled.filter(file => !papers.includes(file) && !shipped.test(file))
  assert.equal(others, [])
  for (const source of sources) {
    const name = `dist/${source.replace(/\.ts$/, '')}`
    assert.ok(files.includes(`${name}.js`) && files.includes(`${name}.d.ts`), name)
  }
})

for (const linter of ['publint', 'attw']) {
  test(`${linter} finds nothing`, async ({ tarball }) => {
    const { stdout } = await execute(process.execPath, [join(__dirname, 'apps', `${linter}.mjs`), tarball])
    assert.is(stdout, '')
  })
}

test('points at no source map', ({ files, ground }) => {
  for (const file of files.filter(file => /\.(js|d\.ts)$/.test(file))) {
    const text = readFileSync(join(ground.folder, 'node_modules', 'interceptor', file), 'utf8')
    assert.not.match(text, /sourceMappingURL/, file)
  }
})

test('takes nothing from the stand-ins, whose dependencies are the tests’', () => {
  const named = new Set([...DEPENDENCIES, ...PEERS, ...builtinModules])
  for (const file of sources) {
    for (const [, wanted = ''] of readFileSync(join(ROOT, 'lib', file), 'utf8').matchAll(/\bfrom '([^']+)'/g)) {
      const isStandIn =
        /(^|\/)local\//.test(wanted) && !(file.startsWith('testing/') && /\/local\/(listen$|tapes\/)/.test(wanted))
      const isOurs = wanted.startsWith('.') ? !isStandIn : named.has(packageOf(wanted))
      assert.ok(isOurs || wanted.startsWith('node:'), `${file} imports ${wanted}`)
    }
  }
})

test('is never to be installed by a name that is another’s', () => {
  for (const paper of ['README.md', 'CHANGELOG.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md']) {
    const text = readFileSync(join(ROOT, paper), 'utf8')
    // On the public registry `interceptor` is somebody else's package: only the tarball and an alias are ours.
    assert.not.match(text, /\b(npm (i|install|add)|yarn add|pnpm add)\b[^\n]*\sinterceptor(?!@npm:)(\s|$|@)/m, paper)
  }
})

test('needs no file that it does not have, and no package that it does not name', ({ files, ground }) => {
  const named = new Set([...DEPENDENCIES, ...PEERS, ...builtinModules])
  const missing = new Set<string>()
  for (const file of files.filter(file => file.endsWith('.js'))) {
    const source = readFileSync(join(ground.folder, 'node_modules', 'interceptor', file), 'utf8')
    for (const [, wanted = ''] of source.matchAll(/\brequire\(["']([^"']+)["']\)/g)) {
      if (wanted.startsWith('node:')) continue
      const base = join(file, '..', wanted)
      const found = wanted.startsWith('.')
        ? [`${base}.js`, join(base, 'index.js'), base].some(path => files.includes(path))
        : named.has(packageOf(wanted))
      if (!found) missing.add(`${file} requires ${wanted}`)
    }
  }
  assert.equal([...missing], [])
})

function packageOf(wanted: string): string {
  return wanted
    .split('/')
    .slice(0, wanted.startsWith('@') ? 2 : 1)
    .join('/')
}

const MODELS = "fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())"

const WAYS: Record<string, { file: string; source: string; flags?: string[] }> = {
  '--require interceptor/register': { file: 'app.cjs', source: ONE_CALL, flags: ['--require', 'interceptor/register'] },
  '--import interceptor/register': { file: 'app.mjs', source: ONE_CALL, flags: ['--import', 'interceptor/register'] },
  'require() in CommonJS': {
    file: 'start.cjs',
    source: `const { start, withTags } = require('interceptor')
start()
withTags({ feature: 'search' }, () => ${MODELS}).then(models => console.log(models.data.length))`,
  },
  'import in ESM': {
    file: 'start.mjs',
    source: `import { start, withTags } from 'interceptor'
start()
const models = await withTags({ feature: 'search' }, () => ${MODELS})
console.log(models.data.length)`,
  },
}

for (const [way, { file, source, flags = [] }] of Object.entries(WAYS)) {
  test(`works by ${way}`, async ({ ground }) => {
    const outcome = await ground.run(ground.write(file, source), { flags, cwd: ground.folder })
    assertSeen(outcome)
    if (file.startsWith('start')) assert.is(outcome.spans[0]?.meta.feature, 'search')
  })
}

function assertSeen({ code, stdout, stderr, calls, spans }: Outcome): void {
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.ok(Number(stdout) > 0)
  assert.is(calls, 1)
  assert.equal(
    spans.map(span => span.resource),
    ['listModels'],
  )
}

const TYPED_APP = `import 'interceptor/register'
import { type Call, type CallHook, type CallRecord, type Handle, type Settings, start, suppress, withTags } from 'interceptor'
import { observe } from 'interceptor/testing'

const settings: Settings = { spanCharLimit: 64 }
export const observed: Promise<readonly CallRecord[]> = observe(async () => {}, { hosts: ['localhost:8080'] })
const handle: Handle = start(settings)
const answer: number = withTags({ feature: 'search', tries: 1 }, () => suppress(() => 42))
const onCall: CallHook = ({ version, usage, http }: CallRecord) => [version satisfies 1, usage?.total, http.status]
start({ onCall, redact: (value, where) => value + where, metricTags: ['team'] })
// @ts-expect-error: a record is to be read only
start({ onCall: call => { call.durationMs = 1 } })
export const model = (call: Call): string | undefined => call.model
// @ts-expect-error: a limit is a number
start({ spanCharLimit: 'long' })
void handle.flush(answer)
`

for (const [moduleResolution, module] of [
  ['node16', 'node16'],
  ['bundler', 'es2022'],
]) {
  test(`its types are found under moduleResolution ${moduleResolution}`, async ({ ground }) => {
    const folder = `types-${moduleResolution}`
    for (const file of ['app.ts', 'app.mts']) ground.write(`${folder}/${file}`, TYPED_APP)
    const compilerOptions = { strict: true, noEmit: true, target: 'es2022', types: ['node'], module, moduleResolution }
    const project = ground.write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions }))
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const said = await execute(process.execPath, [tsc, '-p', project]).catch((cause: { stdout: string }) => cause)
    assert.is(said.stdout, '')
  })
}

test('its types need no others: a strict app without @types/node compiles, checked to the last file', async ({
  ground,
}) => {
  ground.write('no-node/app.ts', TYPED_APP)
  const options = { strict: true, noEmit: true, skipLibCheck: false, types: [], lib: ['es2023'] }
  const compilerOptions = { ...options, module: 'node16', moduleResolution: 'node16', exactOptionalPropertyTypes: true }
  const project = ground.write('no-node/tsconfig.json', JSON.stringify({ compilerOptions }))
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const said = await execute(process.execPath, [tsc, '-p', project, '--listFiles']).catch(
    (cause: { stdout: string }) => cause,
  )
  assert.not.match(said.stdout, /error TS|@types\//)
  assert.match(said.stdout, 'interceptor/dist/index.d.ts')
})

test('its command exists', ({ files }) => {
  if (!existsSync(join(ROOT, 'lib', 'cli', 'cli.ts'))) return
  for (const file of Object.values(bin)) {
    assert.ok(files.includes(file))
    assert.match(readFileSync(join(ROOT, file), 'utf8'), /^#!\/usr\/bin\/env node\n/)
  }
})

test.run()
