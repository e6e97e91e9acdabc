import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'uvu'
import { type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { type CommandOptions, type Ran, runCommand } from './command'

/** Where the `interceptor` command is run: a stand-in for OpenAI, and a folder of its own for each test. */
export class CommandGround {
  #openai: OpenAIStandIn | undefined
  folder = ''

  constructor(test: Test, name: string) {
    test.before(async () => {
      this.#openai = await startOpenAI()
    })
    test.before.each(() => {
      this.folder = mkdtempSync(join(tmpdir(), `interceptor ${name} `))
    })
    test.after.each(() => rmSync(this.folder, { recursive: true, force: true }))
    test.after(() => this.#openai?.close())
  }

  get openai(): OpenAIStandIn {
    if (this.#openai === undefined) throw new Error('the stand-in runs from the first test on')
    return this.#openai
  }

  readonly interceptor = (
    args: readonly string[],
    { env = {}, ...options }: Partial<CommandOptions> = {},
  ): Promise<Ran> => {
    const { folder, openai } = this
    return runCommand(args, { folder, env: { OPENAI_BASE_URL: `${openai.origin}/v1`, ...env }, ...options })
  }

  /** Writes a program into the folder, and gives its path. */
  readonly app = (source: string, name = 'app.cjs'): string => {
    const file = join(this.folder, name)
    writeFileSync(file, source)
    return file
  }
}
