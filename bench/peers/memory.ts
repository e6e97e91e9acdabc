/**
 * `npm run bench:memory`: what each variant adds to the start of a process and to its memory, and which of our
 * dependencies holds how much of it.
 *
 *     npm run bench:memory -- --rounds 7 --variants dd-off,ours --node … --keep    (--keep writes the README's table)
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from '../measure'
import { writeTable } from '../table'
import { type Place, type Run, runClient, Server } from './measure'
import { placeFor } from './place'
import { variantOf } from './report'
import { removeSite } from './site'
import { FLOOR, VARIANTS } from './variants'
import { workloadOf } from './workloads'

const { values: asked } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '5' },
    variants: { type: 'string', default: VARIANTS.map(({ name }) => name).join() },
    keep: { type: 'boolean', default: false },
  },
})

/** Calls after which memory is looked at: `start` says what is loaded, `1` what the first call loads, the last the rest. */
const CALLS = [1, 1000] as const

async function main(): Promise<void> {
  const { place, runtime } = placeFor(asked.node)
  const server = await Server.start()
  try {
    const rows = await measured(place, server)
    for (const cells of rows) console.log(cells.map((cell, i) => cell.padEnd(i === 0 ? 38 : 22)).join(' '))
    for (const [name, cost] of dependencies(place)) console.log(`${name.padEnd(38)} ${cost}`)
    const [head = [], ...rest] = rows
    const lines = [head, head.map(() => '---'), ...rest].map(cells => `| ${cells.join(' | ')} |`)
    if (asked.keep) writeTable('bench-memory', lines.join('\n'), runtime)
  } finally {
    server.stop()
    removeSite(place.site)
  }
}

async function measured(place: Place, server: Server): Promise<string[][]> {
  const variants = [FLOOR, ...asked.variants.split(',').map(variantOf)]
  const chat = workloadOf('chat')
  const runs = new Map<string, Run[]>()
  for (let round = 0; round < Number(asked.rounds); round += 1) {
    for (let i = 0; i < variants.length; i += 1) {
      const variant = variants[(i + round) % variants.length] ?? FLOOR
      for (const calls of CALLS) {
        const key = `${variant.name} ${calls}`
        runs.set(key, [...(runs.get(key) ?? []), await runClient(place, server, variant, chat, [0, calls])])
      }
    }
  }
  const middle = (name: string, calls: number, read: (run: Run) => number): number =>
    median((runs.get(`${name} ${calls}`) ?? []).map(read))
  const row = (name: string): number[] => [
    middle(name, 1, run => run.startMs),
    ...CALLS.map(calls => middle(name, calls, run => run.rssMB)),
  ]
  const floor = row('floor')
  const head = ['over the bare client', 'until the first call', ...CALLS.map(calls => `RSS after ${calls} calls`)]
  return [
    head,
    ['the client alone', ...floor.map((value, i) => `${value.toFixed(0)} ${i === 0 ? 'ms' : 'MB'}`)],
    ...variants
      .slice(1)
      .map(({ name, about }) => [
        about,
        ...row(name).map((value, i) => `+ ${(value - (floor[i] ?? 0)).toFixed(0)} ${i === 0 ? 'ms' : 'MB'}`),
      ]),
  ]
}

/** Each of them loaded alone in a process, and ours without any. */
function dependencies({ node, site }: Place): [name: string, cost: string][] {
  const own = join(site, 'node_modules', 'interceptor')
  const names = ['hot-shots', 'undici', '@fastify/busboy', 'tiktoken', '@opentelemetry/api', './dist/index.js']
  return names.flatMap(name => {
    const script = `try {
      const [t, m] = [performance.now(), process.memoryUsage.rss()]
      require(${JSON.stringify(name)})
      console.log((performance.now() - t).toFixed(0) + ' ms, ' + ((process.memoryUsage.rss() - m) / 1e6).toFixed(1) + ' MB')
    } catch {}`
    const told = Array.from({ length: 5 }, () =>
      execFileSync(node, ['-e', script], { cwd: own, encoding: 'utf8' }).trim(),
    )
    const cost = told.sort()[2] ?? ''
    return cost === '' ? [] : [[`require('${name}')`, cost]]
  })
}

void main()
