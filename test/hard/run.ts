/**
 * Runs the hard parts, two at a time, each in a process of its own, and ends with the line that CI reads. Words given
 * choose parts by name; `--seed N` makes the same inputs again; `--readme` writes the table "Faults tried".
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeTable } from '../../bench/table'
import { endGroup } from '../process-group'
import { PARTS, type Part } from './parts'
import { rowsIn, type Tried, tableOf } from './tried'

const AT_ONCE = 2
/** A run is never longer, whatever its parts do. */
const MOST_MINUTES = 15
const MINUTE_MS = 60_000

interface Result {
  readonly part: Part
  readonly passed: number
  readonly failed: number
  readonly rows: readonly Tried[]
  readonly output: string
  readonly seconds: number
}

const running = new Set<ChildProcess>()

async function runPart(part: Part, seed: number): Promise<Result> {
  const began = performance.now()
  const file = join(__dirname, `${part.file}.hard.ts`)
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', file], {
    env: { ...process.env, HARD_SEED: String(seed), FORCE_COLOR: '0', DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let output = ''
  let stuck = false
  const take = (chunk: Buffer): void => {
    output += chunk
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  child.on('exit', () => endGroup(child))
  const timer = setTimeout(() => {
    stuck = true
    endGroup(child)
  }, part.mostMinutes * MINUTE_MS)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  running.delete(child)
  if (stuck) output += `\nnot ended in ${part.mostMinutes} minutes`
  const [total, passed] = [sum(output, 'Total'), sum(output, 'Passed')]
  // A part that dies before or after its last test has failed, however many of its tests passed.
  const died = total === passed && (code !== 0 || total === 0) ? 1 : 0
  const seconds = (performance.now() - began) / 1_000
  return { part, passed, failed: total - passed + died, rows: rowsIn(output), output, seconds }
}

/** uvu ends a file with one summary of all its suites. */
function sum(output: string, what: string): number {
  return Number(new RegExp(`^\\s*${what}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0)
}

function say({ part, passed, failed, rows, output, seconds }: Result): void {
  const counts = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`
  console.log(`${part.file.padEnd(12)}${`${seconds.toFixed(0)} s`.padStart(6)}  ${counts}: ${part.about}`)
  for (const { what, times, measured } of rows) console.log(`  ${what}: ${times}${measured ? `; ${measured}` : ''}`)
  if (failed > 0) console.log(output)
}

async function main(): Promise<void> {
  const options = { seed: { type: 'string' }, readme: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const seed = values.seed === undefined ? Date.now() & 0x7fffffff : Number(values.seed)
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is a whole number, not ${values.seed}`)
  console.log(`seed ${seed}: the same again by \`npm run test:hard -- --seed ${seed}\``)

  const began = performance.now()
  const parts = PARTS.filter(({ file }) => positionals.length === 0 || positionals.some(word => file.includes(word)))
  const waiting = [...parts]
  const results: Result[] = []
  const runNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const result = await runPart(part, seed)
      results.push(result)
      say(result)
    }
  }
  const late = setTimeout(() => {
    console.log(`not ended in ${MOST_MINUTES} minutes`)
    waiting.length = 0
    for (const child of running) endGroup(child)
  }, MOST_MINUTES * MINUTE_MS)
  await Promise.all(Array.from({ length: AT_ONCE }, runNext))
  clearTimeout(late)

  const failed = results.reduce((all, result) => all + result.failed, 0) + parts.length - results.length
  const passed = results.reduce((all, result) => all + result.passed, 0)
  const rows = parts.flatMap(part => results.find(result => result.part === part)?.rows ?? [])
  if (values.readme && failed === 0) writeTable('faults', `Seed ${seed}.\n\n${tableOf(rows)}`)
  console.log(`\nin ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const child of running) endGroup(child)
    process.exit(1)
  })
}

void main()
