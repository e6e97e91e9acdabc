import { fork } from 'node:child_process'
import { plainScript } from './plain'
import type { Stretch } from './stretch-child'
import { INPUTS } from './stretch-inputs'
import { writeTable } from './table'

const ROUNDS = 3
const PLAIN = { INTERCEPTOR_START_TRACER: 'false', DD_AGENTLESS_LOG_SUBMISSION_URL: 'http://127.0.0.1:9' }

/**
 * How long we hold the app up at the worst: inputs that once took seconds, each in a process of its own, without a
 * tracer, whose own work is not ours. Writes the README's table.
 */
export async function run(): Promise<void> {
  const script = await plainScript('stretch-child')
  const rows: string[] = []
  for (const [i, { what, before, env }] of INPUTS.entries()) {
    const rounds: Stretch[] = []
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measured(script.file, i, env ?? {}))
    const best = (of: (stretch: Stretch) => number): string => Math.min(...rounds.map(of)).toFixed(1)
    const row = `| ${what} | ${before} | ${best(r => r.first)} | ${best(r => r.later)} | ${best(r => r.heap)} | ${best(r => r.rss)} |`
    console.log(row)
    rows.push(row)
  }
  script.remove()
  const head =
    '| input | before | first call, ms | later calls, ms | heap, MB | RSS, MB |\n| --- | --- | --- | --- | --- | --- |'
  writeTable('stretch', `${head}\n${rows.join('\n')}`)
}

function measured(script: string, input: number, env: Readonly<Record<string, string>>): Promise<Stretch> {
  return new Promise((resolve, reject) => {
    const child = fork(script, [String(input)], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...PLAIN, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.once('message', told => resolve(told as Stretch))
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`input ${input} ended with ${code ?? 'a signal'}`)))
  })
}

if (require.main === module) void run()
