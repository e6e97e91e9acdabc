import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import type { EventWriter } from '../dist/sinks/intake'
import { createLogWriter } from '../dist/sinks/intake/logs'
import { median, report } from './measure'

const ENTRIES = 100_000
const A_TURN = 20
const ROUNDS = 5

const BODY = JSON.stringify({
  id: 'chatcmpl-1',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'so it goes. '.repeat(40) } }],
  usage: { prompt_tokens: 100, completion_tokens: 120, total_tokens: 220 },
})
const MESSAGES = [{ role: 'user', content: 'And how does it go? '.repeat(25) }]

interface Run {
  ms: number
  /** As `monitorEventLoopDelay` counts it: its own interval of 10 ms is part of it. */
  p99Ms: number
  /** Of one turn of the event loop, from start to start. */
  turnP99Ms: number
  turnMaxMs: number
}

/**
 * What logging everything costs the app's event loop: 100,000 answers parsed at full rate, each logged against none,
 * while the intake (a process of its own) fails every third request.
 */
export async function run(): Promise<void> {
  const { child, url } = await startServer()
  const pairs: { without: Run; logged: Run; intake: EventWriter }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const without = await app(() => {})
    const intake = createLogWriter({
      site: '',
      apiKey: 'bench',
      logsUrl: url,
      spoolDir: undefined,
      env: {},
      notices: MUTE,
    })
    const logged = await app(content => {
      intake.write({ message: 'sampled createChatCompletion', messages: MESSAGES, completion: content, n: round })
    })
    await intake.stop(10_000)
    pairs.push({ without, logged, intake })
  }
  child.kill()

  const of = (read: (pair: (typeof pairs)[number]) => number): string => median(pairs.map(read)).toFixed(2)
  report(`logs: ${ENTRIES} entries at full rate, every third request failing (medians of ${ROUNDS})`, {
    'event-loop delay p99 without logs, ms': of(({ without }) => without.p99Ms),
    'event-loop delay p99 with logs, ms': of(({ logged }) => logged.p99Ms),
    'ratio of p99, pair by pair': of(({ without, logged }) => logged.p99Ms / without.p99Ms),
    'one turn, p99, without and with logs, ms': `${of(p => p.without.turnP99Ms)}, ${of(p => p.logged.turnP99Ms)}`,
    'one turn, longest, without and with logs, ms': `${of(p => p.without.turnMaxMs)}, ${of(p => p.logged.turnMaxMs)}`,
    'an entry on the event loop, µs': of(({ without, logged }) => ((logged.ms - without.ms) / ENTRIES) * 1_000),
    'entries sent, and dropped because the queue was full': `${of(p => p.intake.counts.sent)}, ${of(p => p.intake.counts.dropped)}`,
  })
}

const MUTE = { once: () => {}, eachMinute: () => {} }

async function app(log: (completion: string) => void): Promise<Run> {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  const turns = createHistogram()
  delay.enable()
  const start = performance.now()
  turns.recordDelta()
  for (let n = 0; n < ENTRIES; n += 1) {
    log(JSON.parse(BODY).choices[0].message.content)
    if (n % A_TURN !== 0) continue
    await turn()
    turns.recordDelta()
  }
  const ms = performance.now() - start
  delay.disable()
  return { ms, p99Ms: delay.percentile(99) / 1e6, turnP99Ms: turns.percentile(99) / 1e6, turnMaxMs: turns.max / 1e6 }
}

async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--import', 'tsx', __filename, 'serve']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>(resolve => child.stdout?.once('data', data => resolve(String(data).trim())))
  return { child, url }
}

function serve(): void {
  let requests = 0
  const server = createServer((req, res) => {
    req.resume().once('end', () => {
      requests += 1
      res.writeHead(requests % 3 === 0 ? 500 : 202).end()
    })
  }).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}

if (require.main === module) {
  if (process.argv[2] === 'serve') serve()
  else void run()
}
