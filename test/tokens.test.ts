import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { counters } from '../lib/counters'
import { loadTapes, type Tape } from '../lib/local/tapes/tape'
import { at, type Json, list, obj, str } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import { foldAll } from '../lib/openai/readers/fold'
import { type Counted, type CountInput, createTokenCounter } from '../lib/openai/tokens'
import { encodingOf } from '../lib/openai/tokens/encodings'
import { PIECE_LENGTH, pieces, sample } from '../lib/openai/tokens/pieces'
import { roughly } from '../lib/openai/tokens/rough'
import { type Asked, WaitingJobs } from '../lib/openai/tokens/waiting-jobs'
import { usageOf } from '../lib/openai/usage'

const tokens = suite('tokens')
const counter = createTokenCounter()

/** The counter's thread does not keep the process alive; `flush` does. */
async function count(input: CountInput, by = counter): Promise<Counted | undefined> {
  const [counted] = await Promise.all([by.complete(input), by.flush()])
  return counted
}

const embedded = (input: Json, model = 'text-embedding-3-small') =>
  count({ family: 'embeddings', request: { model, input }, response: { model } })
const chat = (content: Json, more: Record<string, Json> = {}) =>
  count({
    family: 'chat.completions',
    request: { model: 'gpt-4o', messages: [{ role: 'user', content }], ...more },
    response: undefined,
  })

tokens('the right encoding, also of new and of fine-tuned models', () => {
  const expected = {
    'gpt-4o-mini-2024-07-18': 'o200k_base',
    'gpt-5.4-pro': 'o200k_base',
    'gpt-6-something': 'o200k_base',
    'o4-mini': 'o200k_base',
    'ft:gpt-4o-mini-2024-07-18:acme::a1b2': 'o200k_base',
    'gpt-4.1': 'o200k_base',
    'gpt-4-0613': 'cl100k_base',
    'ft:gpt-3.5-turbo-0613:acme::id': 'cl100k_base',
    'openai/gpt-4': 'cl100k_base',
    'gpt-35-turbo': 'cl100k_base',
    'gpt-3.5-turbo-instruct:20230824-v2': 'cl100k_base',
    'text-embedding-ada-002-v2': 'cl100k_base',
    'davinci-002': 'cl100k_base',
    'text-davinci-003': 'p50k_base',
    'text-davinci-edit-001': 'p50k_edit',
    'text-davinci-001': 'r50k_base',
    'curie:ft-acme-2023-01-01': 'r50k_base',
    ada: 'r50k_base',
  }
  for (const [model, encoding] of Object.entries(expected)) assert.is(encodingOf(model), encoding, model)
  assert.is(encodingOf(undefined), 'o200k_base')
})

tokens('the rough estimate is the Python integration’s, to the digit', () => {
  const vectors: { est_tokens: { text: string; expected: number }[] } = JSON.parse(
    readFileSync(join(__dirname, 'data', 'vectors.json'), 'utf8'),
  )
  assert.ok(vectors.est_tokens.length > 10)
  for (const { text, expected } of vectors.est_tokens) assert.is(roughly(text), expected, text.slice(0, 40))
})

tokens('nothing to count, or nothing missing: nothing is made up', async () => {
  assert.is(await count({ family: 'images', request: {}, response: {} }), undefined)
  const usage = { input: 1, output: 2, total: 3 }
  assert.is(await count({ family: 'chat.completions', request: {}, response: {}, usage }), undefined)
})

tokens('only what the server left out is counted', async () => {
  const response = { model: 'gpt-4o', choices: [{ message: { content: 'hello world' } }] }
  const counted = await count({ family: 'chat.completions', request: {}, response, usage: { input: 7 } })
  assert.equal(counted, {
    usage: { input: 7, output: 2, total: 9 },
    estimated: { prompt: false, completion: true, estimate: 'counted' },
    partial: [],
  })
})

tokens('an aborted stream is counted as far as it was delivered', async () => {
  const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello world' }], stream: true }
  const response = { model: 'gpt-4o', choices: [{ message: { content: 'hello' }, finish_reason: null }] }
  assert.equal((await count({ family: 'chat.completions', request, response }))?.usage, {
    input: 3 + 3 + 1 + 2,
    output: 1,
    total: 10,
  })
  const nothing = await count({ family: 'chat.completions', request, response: undefined })
  assert.equal(nothing?.usage, { input: 9, output: 0, total: 9 })
})

tokens('token ids count as themselves', async () => {
  assert.is((await embedded([1, 2, 3]))?.usage.input, 3)
  assert.is((await embedded([[1, 2], [3], 'hello world']))?.usage.input, 5)
})

tokens('the names of special tokens are texts like any other', async () => {
  const counted = await embedded('<|endoftext|> and <|im_start|>')
  assert.ok((counted?.usage.input ?? 0) > 6)
  assert.is(counted?.estimated.note, undefined)
})

tokens('lone surrogates, NUL and emoji do no harm', async () => {
  const counted = await embedded(['\ud800', 'a\0b', '👩‍👩‍👧‍👦'.repeat(2_000), 'x\udc00'.repeat(3_000)])
  assert.ok((counted?.usage.input ?? 0) > 0)
  assert.is(counted?.estimated.note, undefined)
})

tokens('pieces are whole words and whole characters, and together the text', () => {
  const words = 'some words and more of them '.repeat(500)
  const faces = '😀'.repeat(5_000)
  for (const text of [words, faces, '', 'short', `a${faces}`]) {
    const cut = [...pieces(text)]
    assert.is(cut.join(''), text)
    for (const piece of cut) assert.ok(piece.length <= PIECE_LENGTH && !/\p{Surrogate}/u.test(piece))
  }
  for (const piece of [...pieces(words)].slice(1)) assert.match(piece, /^ [a-z]/)
})

tokens('what has no breaks is cut into pieces that are counted in time', () => {
  for (const run of ['漢字仮名', '👩‍👩‍👧‍👦', '\n', '=', 'a', '𝒳']) {
    const text = `Some words. ${run.repeat(5_000)} And more.`
    const cut = [...pieces(text)]
    assert.is(cut.join(''), text)
    for (const piece of cut)
      assert.ok(piece.length <= 1_100 && !/\p{Surrogate}/u.test(piece), `${run}: ${piece.length}`)
  }
})

tokens('pieces between words do not change the count', async () => {
  const sentence = ' the quick brown fox jumps over the lazy dog'
  const one = (await embedded(sentence))?.usage.input ?? 0
  assert.is((await embedded(sentence.repeat(1_000)))?.usage.input, 1_000 * one)
})

tokens('a long run without breaks is counted in time', async () => {
  const counted = await embedded('a'.repeat(200_000))
  assert.is(counted?.estimated.note, undefined)
  assert.is(counted?.usage.input, 200_000 / 8)
})

tokens('texts over the bound are counted by sample, and marked so', async () => {
  const sentence = ' the quick brown fox jumps over the lazy dog'
  const counted = await embedded(sentence.repeat(25_000))
  assert.is(counted?.estimated.note, 'long texts counted by sample')
  const ratio = (counted?.usage.input ?? 0) / (25_000 * 9)
  assert.ok(ratio > 0.99 && ratio < 1.01, `${ratio} of the exact count`)
})

tokens('a sample is spread over the whole text', () => {
  const text = `${'a'.repeat(100_000)}${'b'.repeat(100_000)}`
  const { parts, scale } = sample(text, 20_000)
  assert.is(parts.join('').length * scale, 200_000)
  assert.is(parts.join('').replace(/a/g, '').length, parts.join('').length / 2)
})

const png = (width: number, height: number) => {
  const head = Buffer.alloc(24)
  head.write('\x89PNG\r\n\x1a\n', 'latin1')
  head.write('IHDR', 12, 'latin1')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return `data:image/png;base64,${head.toString('base64')}`
}

tokens('pictures cost what OpenAI’s rules say, where their size can be known', async () => {
  const words = (await chat([{ type: 'text', text: 'see' }]))?.usage.input ?? 0
  const seen = async (url: string, detail?: string) => {
    const picture = { type: 'image_url', image_url: { url, ...(detail ? { detail } : {}) } }
    const counted = await chat([{ type: 'text', text: 'see' }, picture])
    return [(counted?.usage.input ?? 0) - words, counted?.estimated.note]
  }
  assert.equal(await seen('https://example.com/x.png', 'low'), [85, undefined])
  assert.equal(await seen(png(1024, 1024)), [765, undefined])
  assert.equal(await seen(png(2048, 4096)), [1105, undefined])
  assert.equal(await seen(png(512, 512)), [255, undefined])
  assert.equal(await seen('https://example.com/x.png'), [0, 'images of unknown size left out'])
})

tokens('audio and files are left out, and said so', async () => {
  const counted = await chat([
    { type: 'input_audio', input_audio: { data: 'AAAA' } },
    { type: 'file', file: {} },
  ])
  assert.is(counted?.estimated.note, 'audio left out, files left out')
})

tokens('bodies of any shape do no harm', async () => {
  const shapes: Json[] = [
    null,
    1,
    'x',
    [],
    { messages: 'x', tools: 3 },
    { messages: [null, 1, { content: [null, [1]] }] },
  ]
  let schema: Json = { type: 'string' }
  for (let depth = 0; depth < 5_000; depth++) schema = { type: 'object', properties: { deep: schema } }
  shapes.push({ tools: [{ type: 'function', function: { name: 'f', parameters: schema } }], messages: [] })
  const before = counters()['tokens.failed'] ?? 0
  for (const family of ['chat.completions', 'completions', 'responses', 'embeddings']) {
    for (const shape of shapes) await count({ family, request: shape, response: shape })
  }
  assert.is(counters()['tokens.failed'] ?? 0, before)
})

tokens('stopped while counting, it answers roughly', async () => {
  const stopping = createTokenCounter()
  const counting = stopping.complete({ family: 'embeddings', request: { input: 'hello, world' }, response: {} })
  await stopping.stop()
  assert.equal(await counting, {
    usage: { input: 3, total: 3 },
    estimated: { prompt: true, completion: false, estimate: 'rough', note: 'estimated without a tokenizer' },
    partial: [],
  })
})

const words = (text: string): CountInput => ({
  family: 'embeddings',
  request: { model: 'gpt-4o', input: text },
  response: {},
})

tokens('a burst before the encoding is loaded waits for it, and is counted', async () => {
  const busy = createTokenCounter()
  const counting = Array.from({ length: 300 }, () => busy.complete(words('hello, world')))
  await busy.flush()
  const rough = (await Promise.all(counting)).filter(done => done?.estimated.estimate !== 'counted')
  assert.is(rough.length, 0)
  await busy.stop()
})

tokens('what the queue does not hold, in number or in characters, is estimated roughly and at once', async () => {
  const full = () => counters()['tokens.queue_full'] ?? 0
  const refusedOf = async (calls: number, text: string) => {
    const busy = createTokenCounter()
    const before = full()
    const counting = Array.from({ length: calls }, () => busy.complete(words(text)))
    const refused = full() - before
    await busy.stop()
    for (const done of await Promise.all(counting)) assert.is(done?.estimated.estimate, 'rough')
    return refused
  }
  assert.is(await refusedOf(1_100, 'hello, world'), 1_100 - 1_024)
  assert.is(await refusedOf(50, 'x'.repeat(100_000)), 50 - 40)
})

tokens('what waits in vain for its turn is given up, the others are served in order', async () => {
  const asked = (text: string): Asked => ({ encoding: 'o200k_base', texts: [text], characters: 1, settle: () => {} })
  const givenUp: string[] = []
  const alive = setInterval(() => {}, 1_000)
  await new Promise<void>(done => {
    const waiting = new WaitingJobs(1, ({ texts }) => {
      givenUp.push(...texts)
      if (waiting.size === 0) done()
    })
    for (const text of ['a', 'b', 'c']) waiting.add(asked(text))
    assert.equal(waiting.next()?.texts, ['a'])
  })
  clearInterval(alive)
  assert.equal(givenUp, ['b', 'c'])
})

tokens('a process whose answers all tell their usage loads no tokenizer', () => {
  const script = `
    require('tsx/cjs')
    const { createTokenCounter } = require(${JSON.stringify(join(__dirname, '../lib/openai/tokens'))})
    createTokenCounter().complete({ family: 'embeddings', request: {}, response: {}, usage: { input: 1 } })
    console.log(Object.keys(require.cache).filter(file => /[/]tiktoken[/]|worker[.]ts$/.test(file)).length)`
  assert.is(execFileSync(process.execPath, ['-e', script], { cwd: join(__dirname, '..'), encoding: 'utf8' }), '0\n')
})

interface Accuracy {
  readonly name: string
  readonly prompt: readonly [counted: number, told: number]
  readonly completion: readonly [counted: number, told: number]
}

/**
 * Their usage is not the API's: taken from documentation; 20 prompt tokens, of which the function alone would be 46;
 * chunks counted as tokens; zeros.
 */
const MADE_UP =
  /^doc-|^py-chat-completion-tools-[36]$|^py-chat-completion-streamed-tokens$|^py-response-stream-incomplete$/

const FAMILIES: readonly (readonly [path: RegExp, family: string])[] = [
  [/\/chat\/completions$/, 'chat.completions'],
  [/\/completions$/, 'completions'],
  [/\/edits$/, 'edits'],
  [/\/embeddings$/, 'embeddings'],
  [/\/responses$/, 'responses'],
]

/** The plain answer that a stream's events add up to. */
function folded(family: string | undefined, { response }: Tape): Json | undefined {
  const events = response.events?.map(({ data }) => data).filter(data => typeof data === 'object')
  const fold = family === undefined ? undefined : readerFor(family).fold?.()
  return fold && events && foldAll(fold, events)
}

/** Counts a recorded exchange as if its usage were missing. Undefined if it has none, or is not OpenAI's own model. */
async function measured(tape: Tape): Promise<[group: string, Accuracy] | undefined> {
  const { pathname, host } = new URL(tape.request.url)
  const family = FAMILIES.find(([path]) => path.test(pathname))?.[1]
  const request = tape.request.body
  const response = tape.response.body ?? folded(family, tape)
  const told = response === undefined ? undefined : usageOf(response)
  if (
    family === undefined ||
    request === undefined ||
    told?.input === undefined ||
    !/openai\.(com|azure\.com)$/.test(host)
  )
    return undefined
  const model = str(at(request, 'model'))
  const counted = await count({ family, request, response, ...(model === undefined ? {} : { model }) })
  if (counted === undefined) return undefined
  const output = (told.output ?? 0) - (told.reasoningOutput ?? 0)
  return [
    groupOf(family, obj(request), counted),
    {
      name: tape.name,
      prompt: [counted.usage.input ?? 0, told.input],
      completion: [counted.usage.output ?? 0, output],
    },
  ]
}

function groupOf(family: string, { tools, functions }: Record<string, Json>, { estimated }: Counted): string {
  if (estimated.estimate !== 'counted' && family !== 'edits') return `${family}, ${estimated.estimate}`
  return list(tools).length + list(functions).length > 0 ? `${family}, tools` : `${family}, plain`
}

const off = ([counted, told]: Accuracy['prompt']) => Math.abs(counted - told)
const share = (pair: Accuracy['prompt']) => off(pair) / Math.max(1, pair[1])

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

function row(group: string, side: 'prompt' | 'completion', all: readonly Accuracy[]) {
  const percent = (q: number) =>
    `${(
      100 *
        quantile(
          all.map(one => share(one[side])),
          q,
        )
    ).toFixed(1)} %`
  return {
    group,
    side,
    calls: all.length,
    exact: all.filter(one => off(one[side]) === 0).length,
    median: percent(0.5),
    p95: percent(0.95),
    worst: percent(1),
  }
}

tokens('recorded exchanges, counted as if their usage were missing', async () => {
  const groups = new Map<string, Accuracy[]>()
  for (const tape of loadTapes()) {
    if (MADE_UP.test(tape.name)) continue
    const [group, accuracy] = (await measured(tape)) ?? []
    if (group && accuracy) groups.set(group, [...(groups.get(group) ?? []), accuracy])
  }
  const sides = ['prompt', 'completion'] as const
  console.table([...groups].sort().flatMap(([group, all]) => sides.map(side => row(group, side, all))))

  const of = (group: string) => groups.get(group) ?? []
  const wrong = (group: string, side: 'prompt' | 'completion', most: number) =>
    of(group)
      .filter(one => off(one[side]) > most)
      .map(one => `${one.name}: ${one[side]}`)
  assert.ok(of('chat.completions, plain').length >= 30)
  assert.equal(wrong('chat.completions, plain', 'prompt', 1), [])
  assert.ok(wrong('chat.completions, plain', 'prompt', 0).length <= 2)
  assert.ok(wrong('chat.completions, plain', 'completion', 0).length <= 2)
  assert.equal(wrong('chat.completions, plain', 'completion', 1), [])
  assert.equal(wrong('completions, plain', 'prompt', 0), [])
  assert.equal(wrong('completions, plain', 'completion', 0), [])
  assert.equal(wrong('embeddings, plain', 'prompt', 1), [])
  assert.equal(wrong('responses, plain', 'prompt', 1), [])
  assert.equal(wrong('edits, plain', 'prompt', 0), [])
  assert.is(of('responses, rough').length, 3)
  assert.equal(wrong('responses, rough', 'prompt', 1), [])
  assert.equal(wrong('responses, plain', 'completion', 1), [])
  const tools = [...of('chat.completions, tools'), ...of('responses, tools')]
  assert.ok(tools.length >= 50)
  const prompts = tools.map(one => share(one.prompt))
  assert.ok(quantile(prompts, 0.5) === 0 && quantile(prompts, 0.95) <= 0.03, `prompts p95 ${quantile(prompts, 0.95)}`)
  // Not within 3 %: the oldest models write calls in ways of their own (8 of these).
  assert.is(
    quantile(
      tools.map(one => share(one.completion)),
      0.8,
    ),
    0,
  )
})

tokens.after(() => counter.stop())
tokens.run()
