/**
 * Runs each test file in a process of its own, two at a time: the tracer, the channels and the environment are one per
 * process, and uvu's own runner would load every file into the same one. Ends with the line that CI reads.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildNative } from './native'

const PATIENCE_MS = 240_000
const AT_ONCE = 2

interface Result {
  passed: number
  failed: number
  skipped: number
}

async function runFile(file: string): Promise<Result> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, file)], {
    env: { ...process.env, FORCE_COLOR: '0', DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const take = (chunk: Buffer): void => {
    output += chunk
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)

  const total = Number(/^\s*Total:\s+(\d+)/m.exec(output)?.[1] ?? 0)
  const passed = Number(/^\s*Passed:\s+(\d+)/m.exec(output)?.[1] ?? 0)
  const skipped = Number(/^\s*Skipped:\s+(\d+)/m.exec(output)?.[1] ?? 0)
  // A file that dies before or after its last test has failed, however many of its tests passed.
  const failed = total - passed - skipped
  const died = code !== 0 && failed === 0
  process.stdout.write(`\n# ${file}${died ? ` died with ${code ?? 'a signal or out of time'}` : ''}\n${output}`)
  return { passed, skipped, failed: failed + (died || total === 0 ? 1 : 0) }
}

async function main(): Promise<void> {
  console.log(`unix-dgram ${buildNative()}`)
  const wanted = process.argv.slice(2)
  const files = readdirSync(__dirname)
    .filter(file => file.endsWith('.test.ts') && (wanted.length === 0 || wanted.some(word => file.includes(word))))
    .sort()
  const total: Result = { passed: 0, failed: 0, skipped: 0 }
  const worker = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const result = await runFile(file)
      total.passed += result.passed
      total.failed += result.failed
      total.skipped += result.skipped
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
}

void main()
