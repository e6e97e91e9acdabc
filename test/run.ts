/**
 * Runs each test file in a process of its own, as many at a time as there are cores: the tracer, the channels and the
 * environment are one per process, and uvu's own runner would load every file into the same one. Says each file as it
 * ends, prints what failed, and ends with the line that CI reads. Words given choose files by name; `--folder` runs the
 * files of another folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildNative } from './native'
import { endGroup } from './process-group'

/** A file in which no test ends for so long is stuck. Not a bound on the whole: a slow machine is no failure. */
const STUCK_MS = 10 * 60_000

/** Those that take longest, which are begun first so that none of them runs alone at the end. */
const LONGEST = [
  'span',
  'cli',
  'sdk',
  'faults',
  'demo',
  'loading',
  'clients',
  'intake-soak',
  'dashboards',
  'package',
  'readme',
]

interface Result {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Why the file counts as failed though no test of it did. */
  readonly trouble: string | undefined
  readonly output: string
  readonly seconds: number
}

const running = new Set<ChildProcess>()

async function runFile(folder: string, file: string): Promise<Result> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', join(folder, file)], {
    env: { ...process.env, FORCE_COLOR: '0', DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let output = ''
  let stuck = false
  const stop = (): void => {
    stuck = true
    endGroup(child)
  }
  let timer = setTimeout(stop, STUCK_MS)
  const take = (chunk: Buffer): void => {
    output += chunk
    clearTimeout(timer)
    timer = setTimeout(stop, STUCK_MS)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  // What a test left behind would hold our end of its output open.
  child.on('exit', () => endGroup(child))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  running.delete(child)

  const total = sum(output, 'Total')
  const passed = sum(output, 'Passed')
  const skipped = sum(output, 'Skipped')
  // uvu's total is without those that were skipped.
  const failed = total - passed
  return {
    passed,
    skipped,
    failed,
    trouble: failed > 0 ? undefined : troubleOf(code, stuck, total + skipped),
    output,
    seconds: (performance.now() - began) / 1_000,
  }
}

/** uvu ends a file with one summary of all its suites. */
function sum(output: string, what: string): number {
  return Number(new RegExp(`^\\s*${what}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0)
}

/** A file that dies before or after its last test has failed, however many of its tests passed. */
function troubleOf(code: number | null, stuck: boolean, total: number): string | undefined {
  if (stuck) return `no test ended in ${STUCK_MS / 60_000} minutes`
  if (code !== 0) return `ended with ${code ?? 'a signal'}`
  return total === 0 ? 'has no tests' : undefined
}

function filesIn(folder: string, wanted: readonly string[]): string[] {
  const rank = (file: string): number => {
    const at = LONGEST.indexOf(file.replace('.test.ts', ''))
    return at < 0 ? LONGEST.length : at
  }
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // The grid's packages are installed below this folder, and some bring tests of their own.
      .filter(file => !file.includes('node_modules'))
      .filter(file => file.endsWith('.test.ts') && (wanted.length === 0 || wanted.some(word => file.includes(word))))
      .sort()
      .sort((one, other) => rank(one) - rank(other))
  )
}

function lineOf(file: string, { passed, failed, skipped, trouble, seconds }: Result): string {
  const counts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(trouble === undefined ? [] : [trouble]),
  ]
  return `${file.replace('.test.ts', '').padEnd(24)}${`${seconds.toFixed(1)} s`.padStart(8)}  ${counts.join(', ')}`
}

async function main(): Promise<void> {
  console.log(`unix-dgram ${buildNative()}`)
  const began = performance.now()
  const { values, positionals } = parseArgs({ options: { folder: { type: 'string' } }, allowPositionals: true })
  const folder = values.folder ?? __dirname
  const files = filesIn(folder, positionals)
  const results: Result[] = []
  const count = files.length
  const runNext = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const result = await runFile(folder, file)
      results.push(result)
      console.log(`[${String(results.length).padStart(2)}/${count}] ${lineOf(file, result)}`)
      if (result.failed > 0 || result.trouble !== undefined) console.log(result.output)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, runNext))
  const all = (read: (result: Result) => number): number => results.reduce((total, result) => total + read(result), 0)
  const failed = all(result => result.failed + (result.trouble === undefined ? 0 : 1))
  const passed = all(result => result.passed)
  const skipped = all(result => result.skipped)
  console.log(`\nin ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const child of running) endGroup(child)
    process.exit(1)
  })
}

void main()
