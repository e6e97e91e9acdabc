import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { Tiktoken } from 'tiktoken/lite'
import type { Encoding } from './encodings'
import type { CountJob, Done } from './job'
import { pieces } from './pieces'

/** Runs in a thread of its own: loading an encoding takes about a second, and counting blocks for as long as it takes. */

/** 60 to 80 MB each while loaded, and WASM memory is not collected: `free` gives it back. */
const MOST_ENCODERS = 2

/** In order of use, the longest unused first. */
const encoders = new Map<Encoding, Tiktoken>()

parentPort?.on('message', (job: CountJob) => {
  const encoder = encoderOf(job.encoding)
  const done: Done = { id: job.id, counts: job.texts.map(text => countTokens(encoder, text)) }
  parentPort?.postMessage(done)
})

/** `encode_ordinary` knows no special tokens: a text that holds `<|endoftext|>` is a text like any other. */
function countTokens(encoder: Tiktoken, text: string): number {
  let tokens = 0
  for (const piece of pieces(text)) tokens += encoder.encode_ordinary(piece).length
  return tokens
}

function encoderOf(encoding: Encoding): Tiktoken {
  const encoder = encoders.get(encoding) ?? loadEncoder(encoding)
  encoders.delete(encoding)
  encoders.set(encoding, encoder)
  for (const [oldest, unused] of encoders) {
    if (encoders.size <= MOST_ENCODERS) break
    encoders.delete(oldest)
    unused.free()
  }
  return encoder
}

/** Read and not required: the module cache would keep the ranks as a string for ever. */
function loadEncoder(encoding: Encoding): Tiktoken {
  const file = require.resolve(`tiktoken/encoders/${encoding}.json`)
  const { bpe_ranks, special_tokens, pat_str } = JSON.parse(readFileSync(file, 'utf8'))
  return new Tiktoken(bpe_ranks, special_tokens, pat_str)
}
