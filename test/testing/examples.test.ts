import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

/** The examples for users, run as they run them: the package by its name, each in a process of its own. */

const test = suite('examples of tests')

const EXAMPLES = join(__dirname, 'examples')
const { resolve } = createRequire(__filename)

interface Runner {
  readonly args: readonly string[]
  readonly passed: RegExp
}

const RUNNERS: Record<string, Runner> = {
  uvu: { args: [join(EXAMPLES, 'uvu.mjs')], passed: /Passed: +1/ },
  'node:test': { args: ['--test', join(EXAMPLES, 'node-test.mjs')], passed: /pass 2\n/ },
  vitest: {
    args: [programOf('vitest', 'vitest.mjs'), 'run', '--root', EXAMPLES, 'vitest.test.mjs'],
    passed: /Tests +1 passed/,
  },
  // The example is an ES module, which jest takes by this flag alone.
  jest: {
    args: [
      '--experimental-vm-modules',
      programOf('jest', 'bin/jest.js'),
      '--rootDir',
      EXAMPLES,
      '--testMatch',
      '**/jest.test.mjs',
      '-i',
    ],
    passed: /Tests: +1 passed/,
  },
}

for (const [runner, { args, passed }] of Object.entries(RUNNERS)) {
  test(`${runner}: an app's calls are observed and answered from tapes`, async () => {
    const { NODE_TEST_CONTEXT: _, OPENAI_BASE_URL: __, ...env } = process.env
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    })
    assert.match(stdout + stderr, passed)
  })
}

function programOf(name: string, file: string): string {
  return join(dirname(resolve(`${name}/package.json`)), file)
}

test.run()
