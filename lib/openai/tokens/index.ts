import { tally } from '../../counters'
import { pause } from '../../turns'
import type { Call, Usage } from '../call'
import { field, type Json, str } from '../json'
import type { Countable } from './countable'
import { encodingOf, knownEncoding, plainModel } from './encodings'
import { countOf, estimated, partialSides, type Side, type SideCount, type Sides } from './estimate'
import { FORMATS } from './formats'
import { sample } from './pieces'
import { roughly } from './rough'
import { Tokenizer } from './tokenizer'

export interface CountInput {
  /** Only `chat.completions`, `completions`, `edits`, `embeddings` and `responses` are counted. */
  readonly family: string
  /** As asked for; the response's own name is used where it has one. */
  readonly model?: string
  readonly request: Json | undefined
  /** The whole answer, a stream's folded. */
  readonly response: Json | undefined
  /** What the server told: only what is missing is counted. */
  readonly usage?: Usage
  /** Not all of the bodies was kept. */
  readonly isCut?: boolean
}

export interface Counted {
  readonly usage: Usage
  readonly estimated: NonNullable<Call['estimated']>
  /** Of these not all is counted: their cost is not known. */
  readonly partial: readonly Side[]
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

/** Characters counted of a side of a call; longer ones are counted by sample. 0.1 s of the thread, 1 s of texts without breaks. */
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
  const { family, request, response, usage = {}, isCut = false } = input
  const format = FORMATS[family]
  if (format === undefined) return undefined
  const model = str(field(response, 'model')) ?? input.model ?? str(field(request, 'model'))
  const askPrompt = usage.input === undefined && request !== undefined
  const askCompletion = usage.output === undefined && format.completion !== undefined
  if (!askPrompt && !askCompletion) return undefined

  const count = (side: Countable | undefined) =>
    side && countSide(tokenizer, model, isCut ? side.without('what was not kept') : side)
  // Both at once, without a pause: a flush waits for what has been asked, and keeps the process alive for it.
  const [prompt, output] = await Promise.all([
    count(askPrompt ? format.prompt(request, plainModel(model)) : undefined),
    count(askCompletion ? format.completion?.(request, response) : undefined),
  ])
  const sides: Sides = {
    input: usage.input === undefined ? (prompt ?? NOTHING_READ) : undefined,
    output: format.completion && (restOf(usage, prompt) ?? output),
  }
  return {
    usage: withCounts(usage, prompt?.tokens, sides.output?.tokens),
    estimated: { ...estimated(sides), prompt: prompt !== undefined },
    partial: partialSides(sides),
  }
}

/** Where the total alone is told, the answer is what the prompt leaves of it, hidden reasoning and all. */
function restOf({ input, output, total = 0 }: Usage, prompt: SideCount | undefined): SideCount | undefined {
  if (input !== undefined || output !== undefined || prompt === undefined) return undefined
  if (prompt.leftOut.size > 0 || total <= prompt.tokens) return undefined
  return { tokens: total - prompt.tokens, leftOut: new Set(), rough: 'the completion is the rest of the total' }
}

/** A total that is less than its parts was not one. */
function withCounts(usage: Usage, prompt: number | undefined, completion: number | undefined): Usage {
  const input = usage.input ?? prompt
  const output = usage.output ?? completion
  return {
    ...usage,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    total: Math.max(usage.total ?? 0, (input ?? 0) + (output ?? 0)),
  }
}

/** A request that could not be read. */
const NOTHING_READ: SideCount = { tokens: 0, leftOut: new Set(['the request']) }

const NO_TOKENIZER = 'estimated without a tokenizer'
const BY_SAMPLE = 'long texts counted by sample'
const OTHER_ENCODING = 'the encoding of the model is not known'

async function countSide(tokenizer: Tokenizer, model: string | undefined, side: Countable): Promise<SideCount> {
  if (side.texts.length === 0) return countOf(side, side.tokens)
  const exact = textsWithin(side.texts, MOST_CHARACTERS)
  const counts = await tokenizer.count(encodingOf(model), exact.parts)
  if (counts === undefined) return countOf(side, side.tokens + (await roughCount(side.texts)), NO_TOKENIZER)
  const why = [
    ...side.rough,
    ...(exact.sampled ? [BY_SAMPLE] : []),
    ...(knownEncoding(model) === undefined ? [OTHER_ENCODING] : []),
  ].join(', ')
  return countOf(side, side.tokens + exact.total(counts), why || undefined)
}

async function roughCount(texts: readonly string[]): Promise<number> {
  tally('tokens.rough')
  await pause()
  const rough = textsWithin(texts, MOST_ROUGH_CHARACTERS)
  const estimates: number[] = []
  for (const part of rough.parts) {
    estimates.push(roughly(part))
    await pause()
  }
  return rough.total(estimates)
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
