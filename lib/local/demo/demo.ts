import { CAST, type Client } from './cast'
import { type Stage, setStage } from './stage'
import { styled, tree } from './table'

const AT_ONCE = 2

/**
 * `npm start`: everyday OpenAI clients, each in a process of its own under `--require interceptor/register`, against
 * stand-ins, and what arrived at the agent. Exits with 1 if that is not every call that was made. With `--json`: one
 * line a span, and nothing else on standard output.
 */
async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json')
  const stage = await setStage(CAST)
  try {
    const failures = await runAll(stage, [...CAST])
    for (const line of json ? spanLines(stage) : [...tree(branches(stage)), '', ...arrivals(stage)]) console.log(line)
    for (const failure of failures) console.error(failure)
    const missing = CAST.filter(client => stage.made(client).length !== stage.seen(client).length)
    const verdict = `${stage.made().length} calls made, ${stage.seen().length} seen`
    const say = json ? console.error : console.log
    const equal = missing.length === 0 && stage.made().length === stage.seen().length
    say(equal ? styled('green', verdict) : styled('red', `${verdict}: not the same for ${namesOf(missing)}`))
    if (!equal || failures.length > 0) process.exitCode = 1
  } finally {
    await stage.close()
  }
}

/** Two at a time, so that the times shown are of the calls and not of a crowded machine. */
async function runAll(stage: Stage, waiting: Client[]): Promise<string[]> {
  const failures: string[] = []
  const runNext = async (): Promise<void> => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      await stage.run(client).catch((cause: Error) => failures.push(cause.message))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runNext))
  return failures
}

function branches(stage: Stage): { title: string; spans: ReturnType<Stage['seen']> }[] {
  return CAST.map(client => ({ title: client.title, spans: stage.seen(client) }))
}

function spanLines(stage: Stage): string[] {
  return CAST.flatMap(client => stage.seen(client).map(span => ({ client: client.name, ...span }))).map(span =>
    JSON.stringify(span, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

/** What came by the other two outputs, by name. */
function arrivals({ datadog: { dogstatsd, intake } }: Stage): string[] {
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

/** Joins words by commas into lines of a bearable width. */
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
  return clients.map(client => client.title).join(', ') || 'nobody known'
}

main(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
})
