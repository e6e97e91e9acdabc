import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

/** The examples for users, run as they run them: the package by its name, each in a process of its own. */

const test = suite('examples of tests')

const RUNNERS: Record<string, string[]> = { uvu: [], 'node-test': ['--test'] }

for (const [runner, flags] of Object.entries(RUNNERS)) {
  test(`${runner}: an app's calls are observed and answered from tapes`, async () => {
    const { NODE_TEST_CONTEXT: _, OPENAI_BASE_URL: __, ...env } = process.env
    const args = [...flags, join(__dirname, 'examples', `${runner}.mjs`)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    assert.match(stdout, runner === 'uvu' ? /Passed: +1/ : /pass 2\n/)
  })
}

test.run()
