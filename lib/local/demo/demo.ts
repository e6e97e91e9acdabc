import { CLIENTS, type Client } from './client-list'
import { type Environment, startEnvironment } from './environment'
import { spanTable, styled } from './table'

const AT_ONCE = 2

/**
 * `npm start`: everyday OpenAI clients, each in a process of its own under `--require interceptor/register`, against
 * stand-ins, and what arrived at the agent. Exits with 1 if that is not every call that was made. With `--json`: one
 * line a span, and nothing else on standard output.
 */
async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json')
  const environment = await startEnvironment(CLIENTS)
  try {
    const failures = await runAll(environment, [...CLIENTS])
    const lines = json ? spanLines(environment) : [...spanTable(groups(environment)), '', ...arrivals(environment)]
    for (const line of lines) console.log(line)
    for (const failure of failures) console.error(failure)
    const missing = CLIENTS.filter(client => environment.made(client).length !== environment.seen(client).length)
    const result = `${environment.made().length} calls made, ${environment.seen().length} seen`
    const say = json ? console.error : console.log
    const equal = missing.length === 0 && environment.made().length === environment.seen().length
    say(equal ? styled('green', result) : styled('red', `${result}: not the same for ${namesOf(missing)}`))
    if (!equal || failures.length > 0) process.exitCode = 1
  } finally {
    await environment.close()
  }
}

/** Two at a time, so that the times shown are of the calls and not of a busy machine. */
async function runAll(environment: Environment, waiting: Client[]): Promise<string[]> {
  const failures: string[] = []
  const runNext = async (): Promise<void> => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      await environment.run(client).catch((cause: Error) => failures.push(cause.message))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runNext))
  return failures
}

function groups(environment: Environment): { title: string; spans: ReturnType<Environment['seen']> }[] {
  return CLIENTS.map(client => ({ title: client.title, spans: environment.seen(client) }))
}

function spanLines(environment: Environment): string[] {
  return CLIENTS.flatMap(client => environment.seen(client).map(span => ({ client: client.name, ...span }))).map(span =>
    JSON.stringify(span, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

/** What came by the other two outputs, by name. */
function arrivals({ datadog: { dogstatsd, intake } }: Environment): string[] {
  return [
    ...summary(
      'metrics',
      dogstatsd.metrics().map(metric => metric.name),
    ),
    ...summary(
      'logs',
      intake.entries().map(entry => String(entry.message)),
    ),
  ]
}

function summary(noun: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const counts = new Map<string, number>()
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const shown = [...counts].map(([name, count]) => `${name} ${count}`)
  return [styled('bold', `${names.length} ${noun}`), ...wrapped(shown).map(line => styled('dim', `   ${line}`)), '']
}

const WIDTH = 110

/** Joins words by commas into lines of a readable width. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last}, ${word}`
  }
  return lines
}

function namesOf(clients: readonly Client[]): string {
  return clients.map(client => client.title).join(', ') || 'none of them'
}

main(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
})
