#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from './config'

/** Prints what it has to say and gives the exit code. */
type Print = (text: string) => void

interface Command {
  readonly about: string
  run(print: Print): number | Promise<number>
}

/** What each command needs is loaded when it is asked for. */
const loadCheck: () => typeof import('./check') = () => require('./check')
const loadDashboards: () => typeof import('./dashboards') = () => require('./dashboards')

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  [
    'check',
    {
      about: 'says what is sent where from here, sends one test span, metric and log, and whether they were taken',
      run: print => loadCheck().check({ env: process.env, version: ownVersion(), print }),
    },
  ],
  [
    'dashboard',
    { about: 'prints a Datadog dashboard as JSON', run: json(() => loadDashboards().dashboard(readConfig())) },
  ],
  ['monitors', { about: 'prints Datadog monitors as JSON', run: json(() => loadDashboards().monitors()) }],
])

const HELP = [
  'usage: interceptor <command>',
  '',
  ...Array.from(COMMANDS, ([name, { about }]) => `  ${name.padEnd(11)}${about}`),
  '',
  '  --help     prints this',
  '  --version  prints the version',
  '',
  'Configuration is read from the environment, as `interceptor/register` does.',
].join('\n')

/** What was asked cannot be done: a line on standard error, and exit code 2. */
class Misuse extends Error {}

async function main(args: string[], print: Print): Promise<number> {
  const { values, positionals } = parsedArguments(args)
  const [name, ...more] = positionals
  if (values.version) print(ownVersion())
  else if (values.help || name === undefined) print(HELP)
  else {
    const command = COMMANDS.get(name)
    if (command === undefined)
      throw new Misuse(`no such command: ${name}; there are ${[...COMMANDS.keys()].join(', ')}`)
    if (more.length > 0) throw new Misuse(`${name} takes nothing more: ${more.join(' ')}`)
    return command.run(print)
  }
  return 0
}

function parsedArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    })
  } catch (error) {
    throw new Misuse(`${errorLine(error).split('. ', 1)[0]}; see interceptor --help`)
  }
}

function json(make: () => unknown): Command['run'] {
  return print => {
    print(JSON.stringify(make(), null, 2))
    return 0
  }
}

function ownVersion(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function errorLine(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Ends the process when all is written: what the tracer or a hanging agent still has open must not hold it. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code))
}

// Whoever reads may have read enough: `| head`.
process.stdout.on('error', () => process.exit())

main(process.argv.slice(2), text => process.stdout.write(`${text}\n`)).then(end, error => {
  process.stderr.write(`interceptor: ${errorLine(error)}\n`)
  end(error instanceof Misuse ? 2 : 1)
})
