import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createTokenCounter, type TokenCounter } from '../dist/openai/tokens'
import type { Encoding } from '../dist/openai/tokens/encodings'
import { roughly } from '../dist/openai/tokens/rough'
import { Tokenizer } from '../dist/openai/tokens/tokenizer'
import { report } from './measure'

const MODELS: Readonly<Record<string, Encoding>> = {
  'gpt-4o': 'o200k_base',
  'gpt-4': 'cl100k_base',
  'text-davinci-003': 'p50k_base',
  davinci: 'r50k_base',
}

/** Text in which no word sequence repeats for long. */
function prose(characters: number): string {
  const words = 'time person year way day thing man world life hand part child eye woman place work week case'.split(
    ' ',
  )
  let state = 42
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648)
  const parts: string[] = []
  for (let length = 0; length < characters; ) {
    const word = words[next() % words.length] ?? ''
    parts.push(word)
    length += word.length + 1
  }
  return parts.join(' ')
}

const embedding = (input: string) => ({ family: 'embeddings', request: { model: 'gpt-4o', input }, response: {} })

async function counted(counter: TokenCounter, text: string): Promise<void> {
  await Promise.all([counter.complete(embedding(text)), counter.flush()])
}

/** Tokens a second of the thread, without the bound that texts are sampled at. */
async function speed(): Promise<Record<string, string>> {
  const tokenizer = new Tokenizer()
  const rows: Record<string, string> = {}
  for (const encoding of Object.values(MODELS)) {
    const text = prose(500_000)
    const load = performance.now()
    await Promise.all([tokenizer.count(encoding, ['x']), tokenizer.flush()])
    const start = performance.now()
    const [counts] = await Promise.all([tokenizer.count(encoding, [text]), tokenizer.flush()])
    const seconds = (performance.now() - start) / 1000
    const rate = `${Math.round((counts?.[0] ?? 0) / seconds / 1000)} k tokens/s`
    rows[encoding] = `${rate}, first token after ${Math.round(start - load)} ms`
  }
  await tokenizer.stop()
  return rows
}

/** Delay of the app's loop beyond the timer's own resolution, p99 and worst, at rest and while a prompt is counted. */
async function delay(text: string | undefined): Promise<string> {
  const counter = createTokenCounter()
  await counted(counter, 'warm')
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  if (text === undefined) await new Promise(resolve => setTimeout(resolve, 500))
  else await counted(counter, text)
  histogram.disable()
  await counter.stop()
  return `p99 ${(histogram.percentile(99) / 1e6).toFixed(1)} ms, worst ${(histogram.max / 1e6).toFixed(1)} ms`
}

/** Memory of a process with one encoding loaded, over one with none. Each in a process of its own. */
function memory(model: string | undefined): { rss: number; loaded: number; millis: number } {
  const script = `
    require('tsx/cjs')
    const { createTokenCounter } = require(${JSON.stringify(join(__dirname, '..', 'lib', 'openai', 'tokens'))})
    const start = performance.now()
    const counter = createTokenCounter()
    const millis = performance.now() - start
    const input = ${JSON.stringify(model)} && { family: 'embeddings', request: { model: ${JSON.stringify(model)}, input: 'x' }, response: {} }
    Promise.all(input ? [counter.complete(input), counter.flush()] : []).then(() => {
      globalThis.gc?.()
      const loaded = Object.keys(require.cache).filter(file => file.includes('/tiktoken/')).length
      console.log(JSON.stringify({ rss: process.memoryUsage.rss() / 2 ** 20, loaded, millis }))
      return counter.stop()
    })`
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' }))
}

/** Speed, loop delay, memory and start-up cost of counting tokens. */
export async function run(): Promise<void> {
  report('tokens: speed of the thread', await speed())
  const million = prose(1_048_576)
  report('tokens: delay of the app’s event loop', {
    'at rest': await delay(undefined),
    'while a prompt of 1 MB is counted (by sample)': await delay(million),
    'while 256 KB are counted whole': await delay(million.slice(0, 262_144)),
  })
  const start = performance.now()
  roughly(million.slice(0, 65_536))
  report('tokens: the rough estimator, on the app’s thread', {
    '64 KB, its bound': `${(performance.now() - start).toFixed(1)} ms`,
  })
  const none = memory(undefined)
  const rows: Record<string, string> = {
    'never needed': `${none.loaded} files of tiktoken loaded, ${none.millis.toFixed(2)} ms to create`,
  }
  for (const [model, encoding] of Object.entries(MODELS))
    rows[encoding] = `+${Math.round(memory(model).rss - none.rss)} MB`
  report('tokens: memory (RSS) of a process with an encoding in use, its thread included', rows)
}

if (require.main === module) void run()
