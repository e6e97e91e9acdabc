import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Json } from '../../openai/json'
import { startRecorder } from './recorder'
import { findSecrets, scrub } from './scrub'
import { saveTape, TAPES, type Tape } from './tape'
import { tapeText } from './tape-text'

/**
 * `npm run tapes:record -- [script.js] [--out folder]`: records what the script, or else the calls below, exchanges
 * with the API, and writes it as tapes without secrets.
 */
async function main(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const key = env.OPENAI_API_KEY
  if (!key) {
    fail('OPENAI_API_KEY is not set: set it to a key of yours (OPENAI_BASE_URL says where calls go)')
    return
  }
  const { script, out } = parseArgs(args)
  const base = env.OPENAI_BASE_URL || 'https://api.openai.com/v1'
  if (!URL.canParse(base)) {
    fail(`OPENAI_BASE_URL is not a URL: ${base}; leave it unset for the API itself`)
    return
  }
  let recorded = 0
  const take = (tape: Tape) => {
    recorded += 1
    keep(scrub(tape, [key]), out)
  }
  startRecorder(new URL(base).host, take, fail)
  // A script need not await what it starts: all is done when the process has nothing left to do.
  process.once('beforeExit', () => {
    if (recorded === 0) fail(`nothing was recorded: no request to ${base} was answered`)
  })
  if (script === undefined) await makeCalls(base, key)
  else await import(pathToFileURL(resolve(script)).href)
}

function parseArgs(args: string[]): { script?: string; out: string } {
  const at = args.indexOf('--out')
  const out = at < 0 ? join(TAPES, 'recorded') : resolve(args[at + 1] ?? '.')
  const script = args.find((arg, index) => !arg.startsWith('--') && (at < 0 || index !== at + 1))
  return script === undefined ? { out } : { script, out }
}

function fail(line: string): void {
  process.stderr.write(`tapes:record: ${line}\n`)
  process.exitCode = 1
}

function keep(tape: Tape, out: string): void {
  const named = { ...tape, name: freeName(tape, out) }
  // Scrubbing goes by patterns: what it left is not written, and a human looks.
  const secrets = findSecrets(tapeText(named))
  if (secrets.length > 0) fail(`${named.name} still has what looks like a key: not written`)
  else process.stdout.write(`${saveTape(named, out)}\n`)
}

/** `recorded-chat-completions-stream`, with a number where there is one already. */
function freeName({ request, response }: Tape, out: string): string {
  const path = new URL(request.url).pathname.replace(/^\/v1\//, '').replace(/[^a-z0-9]+/gi, '-')
  const name = ['recorded', path, response.events ? 'stream' : '', response.status < 400 ? '' : response.status]
    .filter(part => part !== '')
    .join('-')
    .toLowerCase()
  let free = name
  for (let number = 2; existsSync(join(out, `${free}.json`)); number++) free = `${name}-${number}`
  return free
}

const HELLO = [{ role: 'user', content: 'Say hello in five words.' }]

/** One of each kind that a fresh set of tapes should have. */
const CALLS: readonly { path: string; body?: Json }[] = [
  { path: '/models' },
  { path: '/chat/completions', body: { model: 'gpt-4o-mini', messages: HELLO } },
  {
    path: '/chat/completions',
    body: { model: 'gpt-4o-mini', messages: HELLO, stream: true, stream_options: { include_usage: true } },
  },
  { path: '/completions', body: { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello', max_tokens: 5 } },
  { path: '/embeddings', body: { model: 'text-embedding-3-small', input: 'hello', dimensions: 8 } },
  { path: '/responses', body: { model: 'gpt-4o-mini', input: 'Say hello in five words.' } },
  { path: '/responses', body: { model: 'gpt-4o-mini', input: 'Say hello in five words.', stream: true } },
  { path: '/chat/completions', body: { model: 'no-such-model', messages: HELLO } },
]

async function makeCalls(base: string, key: string): Promise<void> {
  const authorization = `Bearer ${key}`
  for (const { path, body } of CALLS) {
    const headers = { authorization, 'content-type': 'application/json' }
    const asked = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(base.replace(/\/$/, '') + path, asked)
    await response.arrayBuffer()
  }
}

main(process.argv.slice(2), process.env).catch((cause: unknown) => {
  fail(cause instanceof Error ? cause.message : String(cause))
})
