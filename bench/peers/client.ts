/**
 * The measured process: asks the mock as often as it is told, one call at a time, and writes what that took to its
 * standard output. It ends as an app does, by having nothing left to do, so that what a variant flushes is counted.
 */
import { writeSync } from 'node:fs'
import OpenAI from 'openai'
import { startProfile } from './profiled'
import { promptOf, workloadOf } from './workloads'

/** What a client tells of itself. */
export interface Told {
  /** User and system, from the first measured call to the end of the process. */
  readonly cpuMs: number
  readonly calls: number
  /** From a call's start to its first chunk, or to its answer if it is not streamed; the median. */
  readonly firstMs: number
  readonly rssMB: number
  /** From the start of the process to the first call. */
  readonly startMs: number
}

const [name = '', before = '0', measured = '1', profile = ''] = process.argv.slice(2)
const workload = workloadOf(name)
const openai = new OpenAI({ maxRetries: 0, defaultHeaders: { 'x-workload': name } })
const prompt = promptOf(workload)

/** Milliseconds to the first chunk. */
async function call(): Promise<number> {
  const start = performance.now()
  if (workload.ask === 'embeddings') {
    await openai.embeddings.create({ model: 'text-embedding-3-small', input: prompt, encoding_format: 'float' })
    return performance.now() - start
  }
  const body = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: prompt }], temperature: 0.2 }
  if (workload.chunks === 0) {
    await openai.chat.completions.create(body)
    return performance.now() - start
  }
  let first = 0
  const stream = await openai.chat.completions.create({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const _ of stream) first ||= performance.now() - start
  return first
}

async function main(): Promise<void> {
  const startMs = performance.now()
  for (let i = 0; i < Number(before); i += 1) await call()
  const firsts: number[] = []
  const stopProfile = profile === '' ? undefined : startProfile(profile)
  const cpu = process.cpuUsage()
  process.on('exit', () => {
    const { user, system } = process.cpuUsage(cpu)
    stopProfile?.()
    const told: Told = {
      cpuMs: (user + system) / 1000,
      calls: Number(measured),
      firstMs: firsts.sort((a, b) => a - b)[firsts.length >> 1] ?? 0,
      rssMB: process.memoryUsage.rss() / 1e6,
      startMs,
    }
    writeSync(1, `${JSON.stringify(told)}\n`)
  })
  for (let i = 0; i < Number(measured); i += 1) firsts.push(await call())
}

void main()
