import { CLIENTS, type Client } from './client-list'
import { datadogView } from './datadog-view'
import { type Environment, startEnvironment } from './environment'
import { type Live, startLive } from './live'
import { llmobsView } from './llmobs-view'
import { otelView } from './otel-view'
import { styled } from './table'
import type { View } from './view'

const AT_ONCE = 2

/** By the option that asks for it; Datadog's without one. */
const VIEWS: Readonly<Record<string, () => Promise<View>>> = { '--otel': otelView, '--llmobs': llmobsView }

/**
 * `npm start`: everyday OpenAI clients, each in a process of its own under `--require interceptor/register`, against
 * stand-ins. Shows each call as it ends, as `interceptor <program>` does, and what arrived at the agent; with `--otel`, at an OpenTelemetry collector; with
 * `--llmobs`, what LLM Observability was sent. Exits with 1 if that is not
 * every call that was made. With `--json`: one line a span, and nothing else on standard output.
 */
async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json')
  const asked = Object.keys(VIEWS).find(option => args.includes(option))
  const view = await (VIEWS[asked ?? ''] ?? datadogView)()
  // Of the other outputs it is their own view that is asked for.
  const live = json || asked !== undefined ? undefined : await startLive(process.stdout)
  const environment = await startEnvironment(CLIENTS, view, live?.env)
  try {
    const failures = await runAll(environment, [...CLIENTS])
    await live?.finish()
    if (live !== undefined) console.log('\n> What the Datadog Agent received of the same calls:\n')
    for (const line of json ? spanLines(view) : view.lines(CLIENTS)) console.log(line)
    for (const failure of failures) console.error(failure)
    const made = (client?: Client): number => environment.made(client).filter(call => view.shows?.(call) ?? true).length
    const missing = CLIENTS.filter(client => made(client) !== view.seen(client).length)
    const result = `${made()} calls made, ${view.seen().length} seen`
    const say = json ? console.error : console.log
    const equal = missing.length === 0 && made() === view.seen().length
    say(equal ? styled('green', result) : styled('red', `${result}: not the same for ${namesOf(missing)}`))
    if (!equal || failures.length > 0) process.exitCode = 1
    if (live !== undefined) await showPage(live, args.includes('--ui'))
  } finally {
    await environment.close()
    await live?.close()
  }
}

async function showPage({ url }: Live, isAsked: boolean): Promise<void> {
  console.log(
    isAsked ? `> the page is at ${url} until Ctrl-C` : '> npm start -- --ui keeps the page of these calls open',
  )
  if (isAsked) await new Promise(resolve => process.once('SIGINT', resolve))
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

function spanLines(view: View): string[] {
  return CLIENTS.flatMap(client => view.seen(client).map(span => ({ client: client.name, ...span }))).map(span =>
    JSON.stringify(span, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

function namesOf(clients: readonly Client[]): string {
  return clients.map(client => client.title).join(', ') || 'none of them'
}

main(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
})
