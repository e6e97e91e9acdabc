import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from './app'

/** `NODE_OPTIONS` reaches every Node.js that a script starts: one that cannot load us runs its app without. */

const DIST = join(ROOT, 'dist')
const APP = "console.log('the app runs')"

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let folder: string

function node(...args: string[]): Promise<Ran> {
  return new Promise(resolve =>
    execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  )
}

const test = suite('a Node.js that cannot load us')

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'interceptor-old-'))
  // Loaded first, as another version would have said it.
  writeFileSync(join(folder, 'old.cjs'), "Object.defineProperty(process.versions, 'node', { value: '16.20.2' })")
})
test.after.each(() => rmSync(folder, { recursive: true, force: true }))

test('too old: its app runs, and one line says why nothing is seen', async () => {
  const { code, stdout, stderr } = await node('-r', './old.cjs', '-r', join(DIST, 'register.js'), '-e', APP)
  assert.equal([code, stdout], [0, 'the app runs\n'])
  assert.is(stderr, 'interceptor: not loaded in this process: it needs Node.js 20.19 or newer, and this is 16.20.2\n')
})

test('too old for the command: one line, exit code 1', async () => {
  const { code, stdout, stderr } = await node('-r', './old.cjs', join(DIST, 'cli', 'cli.js'), 'node', '-e', APP)
  assert.equal([code, stdout], [1, ''])
  assert.is(stderr, 'interceptor: it needs Node.js 20.19 or newer, and this is 16.20.2\n')
})

test('what it reads before it knows is in the language of Node.js 10', async () => {
  for (const file of ['register.js', 'old-node.js', 'cli/cli.js']) {
    const source = readFileSync(join(DIST, file), 'utf8')
    const [as, now] = await Promise.all(
      ['node10', 'esnext'].map(target => transform(source, { target, minify: true, legalComments: 'none' })),
    )
    assert.is(as?.code, now?.code, file)
    assert.not.match(source, /require\(["']node:/, file)
  }
})

test('an installation with a part missing: the app runs, and one line names it', async () => {
  cpSync(DIST, join(folder, 'dist'), { recursive: true, filter: path => !/dist\/(local|page)\b/.test(path) })
  rmSync(join(folder, 'dist', 'interceptor.js'))
  const { code, stdout, stderr } = await node('-r', './dist/register.js', '-e', APP)
  assert.equal([code, stdout], [0, 'the app runs\n'])
  assert.match(
    stderr,
    /^interceptor: not loaded in this process, which runs without it: Cannot find module \S+; install it anew\n$/,
  )
})

test.run()
