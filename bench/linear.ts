/**
 * `npm run bench:linear`: what a unit of load costs as it gets ten times as much, and ten times that. Metrics alone, events
 * of undici replayed in a process of its own, what the same costs without us taken off.
 *
 *     npm run bench:linear -- --rounds 3 --keep       (--keep writes the README's table)
 */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median, report } from './measure'
import { writeTable } from './table'

const LOADS = [
  { kind: 'chunks', about: 'chunks of a stream', sizes: [100, 1_000, 10_000] },
  { kind: 'kilobytes', about: 'kB of a prompt', sizes: [10, 100, 1_000] },
  { kind: 'messages', about: 'messages of a prompt', sizes: [10, 100, 1_000] },
  { kind: 'streams', about: 'streams open at a time, 20 chunks each', sizes: [100, 1_000, 10_000] },
] as const

const { values: asked } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, keep: { type: 'boolean', default: false } },
})

/** Microseconds of CPU a unit. */
function run(kind: string, size: number, observed: string): Promise<number> {
  const child = fork(join(__dirname, 'linear-child.ts'), [kind, String(size), observed], {
    execArgv: ['--import', 'tsx'],
    // Nobody listens there: a datagram costs the same.
    env: { PATH: process.env.PATH, DD_TRACE_ENABLED: 'false', DD_DOGSTATSD_URL: 'udp://127.0.0.1:9' },
  })
  return new Promise((resolve, reject) => {
    child.once('message', micros => resolve(Number(micros)))
    child.once('exit', code => reject(new Error(`the child ended with ${code}`)))
  })
}

async function main(): Promise<void> {
  const rows: string[][] = []
  for (const { kind, about, sizes } of LOADS) {
    const costs: number[] = []
    for (const size of sizes) {
      const ours: number[] = []
      for (let round = 0; round < Number(asked.rounds); round += 1) {
        ours.push((await run(kind, size, 'observed')) - (await run(kind, size, '')))
      }
      costs.push(median(ours))
    }
    const cells = costs.map((cost, i) => {
      const before = costs[i - 1]
      return `${cost.toFixed(2)}${before === undefined ? '' : ` (× ${(cost / before).toFixed(2)})`}`
    })
    report(about, Object.fromEntries(sizes.map((size, i) => [size.toLocaleString('en'), `${cells[i]} µs each`])))
    rows.push([about, ...sizes.map((size, i) => `${size.toLocaleString('en')}: ${cells[i]}`)])
  }
  const lines = [['µs of CPU for one of', 'few', 'ten times as many', 'a hundred times'], Array(4).fill('---'), ...rows]
  if (asked.keep) writeTable('bench-linear', lines.map(cells => `| ${cells.join(' | ')} |`).join('\n'))
}

void main()
