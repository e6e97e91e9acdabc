import { tally } from '../../counters'
import { pause } from '../../turns'
import type { Call, Usage } from '../call'
import { field, type Json, str } from '../json'
import type { Countable } from './countable'
import { type Encoding, encodingOf, plainModel } from './encodings'
import { FORMATS } from './formats'
import { sample } from './pieces'
import { roughly } from './rough'
import { Tokenizer } from './tokenizer'

export interface CountInput {
  /** Only `chat.completions`, `completions`, `embeddings` and `responses` are counted. */
  readonly family: string
  /** As asked for; the response's own name is used where it has one. */
  readonly model?: string
  readonly request: Json | undefined
  /** The whole answer, a stream's folded. */
  readonly response: Json | undefined
  /** What the server told: only what is missing is counted. */
  readonly usage?: Usage
}

export interface Counted {
  readonly usage: Usage
  readonly estimated: NonNullable<Call['estimated']>
}

/** Counts the tokens of calls whose answer does not tell. Nothing is loaded or started before the first such call. */
export interface TokenCounter {
  /** Undefined if there is nothing to count or nothing missing. Never rejects. */
  complete(input: CountInput): Promise<Counted | undefined>
  /** Resolves when all counting asked so far is done, and keeps the process alive until then. */
  flush(): Promise<void>
  /** Ends the tokenizer's thread: what it was counting is estimated roughly. */
  stop(): Promise<void>
}

/** Characters counted of a side of a call; longer ones are counted by sample. About 0.3 s of the thread. */
const MOST_CHARACTERS = 262_144
/** The same for the rough estimator, which runs on the app's thread: about 3 ms. */
const MOST_ROUGH_CHARACTERS = 65_536

export function createTokenCounter(): TokenCounter {
  const tokenizer = new Tokenizer()
  return {
    complete: input => complete(tokenizer, input).catch(() => tallyFailed()),
    flush: () => tokenizer.flush(),
    stop: () => tokenizer.stop(),
  }
}

function tallyFailed(): undefined {
  tally('tokens.failed')
}

async function complete(tokenizer: Tokenizer, input: CountInput): Promise<Counted | undefined> {
  const { family, request, response, usage = {} } = input
  const format = FORMATS[family]
  if (format === undefined) return undefined
  const model = str(field(response, 'model')) ?? input.model ?? str(field(request, 'model'))
  const askPrompt = usage.input === undefined && request !== undefined
  const askCompletion = usage.output === undefined && format.completion !== undefined
  if (!askPrompt && !askCompletion) return undefined

  const encoding = encodingOf(model)
  const notes = new Set<string>()
  const count = (side: Countable | undefined) => side && tokensOf(tokenizer, encoding, side, notes)
  // Both at once, without a pause: a flush waits for what has been asked, and keeps the process alive for it.
  const [prompt, completion] = await Promise.all([
    count(askPrompt ? format.prompt(request, plainModel(model)) : undefined),
    count(askCompletion ? format.completion?.(request, response) : undefined),
  ])
  return { usage: withCounts(usage, prompt, completion), estimated: flags(prompt, completion, notes) }
}

function withCounts(usage: Usage, prompt: number | undefined, completion: number | undefined): Usage {
  const input = usage.input ?? prompt
  const output = usage.output ?? completion
  return {
    ...usage,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    total: usage.total ?? (input ?? 0) + (output ?? 0),
  }
}

function flags(prompt: number | undefined, completion: number | undefined, notes: Set<string>): Counted['estimated'] {
  const note = [...notes].join(', ')
  return {
    prompt: prompt !== undefined,
    completion: completion !== undefined,
    ...(note === '' ? {} : { note }),
  }
}

async function tokensOf(
  tokenizer: Tokenizer,
  encoding: Encoding,
  side: Countable,
  notes: Set<string>,
): Promise<number> {
  for (const note of side.notes) notes.add(note)
  if (side.texts.length === 0) return side.tokens
  const exact = textsWithin(side.texts, MOST_CHARACTERS)
  const counts = await tokenizer.count(encoding, exact.parts)
  if (exact.sampled) notes.add('long texts counted by sample')
  if (counts !== undefined) return side.tokens + exact.total(counts)
  notes.add('estimated without a tokenizer')
  tally('tokens.rough')
  await pause()
  const rough = textsWithin(side.texts, MOST_ROUGH_CHARACTERS)
  const estimates: number[] = []
  for (const part of rough.parts) {
    estimates.push(roughly(part))
    await pause()
  }
  return side.tokens + rough.total(estimates)
}

interface Cut {
  readonly parts: readonly string[]
  readonly sampled: boolean
  /** Tokens of the whole, from those of each part. */
  total(counts: readonly number[]): number
}

/** The texts as they are, or as many characters of them as allowed, spread over all. */
function textsWithin(texts: readonly string[], most: number): Cut {
  const sampled = texts.reduce((sum, text) => sum + text.length, 0) > most
  const { parts, scale } = sampled ? sample(texts.join('\n'), most) : { parts: texts, scale: 1 }
  return { parts, sampled, total: counts => Math.round(scale * counts.reduce((sum, count) => sum + count, 0)) }
}
