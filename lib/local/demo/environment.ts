import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { StandInAnswer } from '../openai/answer'
import { type OpenAIStandIn, startOpenAI } from '../openai/openai'
import type { Received } from '../openai/received'
import { type Client, keyOf } from './client-list'
import type { View } from './view'

/** The project's root: there `interceptor/register` names this very package. */
const ROOT = join(__dirname, '..', '..', '..')
const TIMEOUT_MS = 120_000

/** Everything that the demo's apps talk to. */
export interface Environment {
  readonly view: View
  /** Runs one app in its own process. Rejects with what it said if it ends badly. */
  run(client: Client): Promise<void>
  /** The calls that arrived at the API: an app's, or all. */
  made(client?: Client): readonly Received[]
  close(): Promise<void>
}

export async function startEnvironment(
  clients: readonly Client[],
  view: View,
  more: NodeJS.ProcessEnv = {},
): Promise<Environment> {
  const calls = (): Received[] => [...plain.calls, ...secure.calls]
  const script = (received: Received): StandInAnswer | undefined => {
    const client = clients.find(isBy(received))
    return client?.answers[
      calls()
        .filter(call => isBy(call)(client))
        .indexOf(received)
    ]
  }
  const [plain, secure] = await Promise.all([startOpenAI({ script }), startOpenAI({ script, tls: true })])
  return {
    view,
    run: client => exitOf(startClient(client, client.tls ? secure : plain, view, more), client),
    made: client => calls().filter(call => client === undefined || isBy(call)(client)),
    close: async () => {
      await Promise.all([plain.close(), secure.close(), view.close()])
    },
  }
}

const isBy = (call: Received) => (client: Client) => call.headers.authorization === `Bearer ${keyOf(client)}`

function startClient(client: Client, openai: OpenAIStandIn, view: View, more: NodeJS.ProcessEnv): ChildProcess {
  const app = join(__dirname, 'clients', `${client.name}.js`)
  return spawn(process.execPath, [...view.flags, '--require', 'interceptor/register', app], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...view.env(client),
      ...more,
      OPENAI_API_KEY: keyOf(client),
      OPENAI_BASE_URL: `${openai.origin}/v1`,
      ...(openai.caFile !== undefined && { NODE_EXTRA_CA_CERTS: openai.caFile }),
    },
  })
}

function exitOf(child: ChildProcess, { title }: Client): Promise<void> {
  const said: Buffer[] = []
  child.stderr?.on('data', chunk => said.push(chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const reason = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
      if (code === 0) resolve()
      else reject(new Error(`${title} ${reason}\n${Buffer.concat(said)}`))
    })
  })
}
