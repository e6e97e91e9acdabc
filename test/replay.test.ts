import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Span } from '../lib/local/receiver/spans'
import { events, loadTapes, requestBytes, responseBytes, type Tape } from '../lib/local/tapes/tape'
import { startWorld, type World } from './world'

/**
 * Every recording that has no expected span is replayed too: what its span says of model, usage, finish reasons and
 * texts must be what stands in the tape, read here by a few lines that know nothing of ours.
 */

interface Facts {
  model?: unknown
  usage: Record<string, unknown>
  finishReasons: unknown[]
  texts: string[]
  /** Of the responses API. */
  outputs: string[]
}

// biome-ignore lint/suspicious/noExplicitAny: this reader shall know nothing, shapes included
type Loose = any

function factsOf(tape: Tape): Facts {
  const bodies = bodiesOf(tape)
  const facts: Facts = { usage: {}, finishReasons: [], texts: [], outputs: [] }
  for (const body of bodies) {
    const response: Loose = body.response ?? body
    if (response.model) facts.model = response.model
    const usage = response.usage
    if (usage && typeof usage === 'object') facts.usage = usage
    for (const item of list(response.output)) {
      for (const part of list(item.content)) if (part.type === 'output_text') facts.outputs.push(part.text as string)
    }
    for (const choice of list(body.choices)) {
      const index = Number(choice.index ?? 0)
      if (choice.finish_reason) facts.finishReasons[index] = choice.finish_reason
      const piece = choice.text ?? choice.delta?.content ?? choice.message?.content
      if (typeof piece === 'string') facts.texts[index] = (facts.texts[index] ?? '') + piece
    }
  }
  return facts
}

function bodiesOf(tape: Tape): Loose[] {
  const streamed = events(tape)
  if (streamed !== undefined) {
    return streamed.map(event => (event as { data?: Loose }).data).filter(data => typeof data === 'object')
  }
  try {
    return [JSON.parse(responseBytes(tape).toString())]
  } catch {
    return []
  }
}

const list = (value: Loose | undefined): Loose[] => (Array.isArray(value) ? value : [])

function tokens(usage: Record<string, unknown>, ...names: string[]): number | undefined {
  const value = names.map(name => usage[name]).find(each => typeof each === 'number')
  return typeof value === 'number' ? value : undefined
}

function same(ours: unknown, theirs: unknown): void {
  assert.is(ours, theirs)
  if (theirs !== undefined) compared += 1
}

function escaped(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

/** What the server reported goes through as it is; what it left out is counted, and said to be. */
function expectUsage(span: Span, usage: Record<string, unknown>): void {
  // Several turns, whose sum coverage.test.ts has.
  if (span.resource === 'streamAgentSessionEvents') return
  const reported = Object.keys(usage).length > 0
  const counted = span.metrics['openai.response.usage.prompt_tokens'] !== undefined
  same(span.metrics['openai.response.usage.estimated'], !reported && counted ? 1 : undefined)
  if (!reported) return
  same(span.metrics['openai.response.usage.prompt_tokens'], tokens(usage, 'prompt_tokens', 'input_tokens'))
  same(span.metrics['openai.response.usage.completion_tokens'], tokens(usage, 'completion_tokens', 'output_tokens'))
  same(span.metrics['openai.response.usage.total_tokens'], tokens(usage, 'total_tokens'))
}

function expectFacts(span: Span, { model, usage, finishReasons, texts, outputs }: Facts): void {
  same(span.meta['openai.response.model'], model)
  expectUsage(span, usage)
  for (const [i, reason] of finishReasons.entries()) {
    same(span.meta[`openai.response.choices.${i}.finish_reason`], reason)
  }
  const prefix = /^create(?:Completion|Edit)$/.test(span.resource) ? 'text' : 'message.content'
  for (const [i, text] of texts.entries()) {
    same(span.meta[`openai.response.choices.${i}.${prefix}`], text ? escaped(text) : undefined)
  }
  const said = Object.entries(span.meta).filter(([tag]) => tag.startsWith('openai.response.output'))
  for (const text of outputs) {
    same(
      said.some(([, value]) => value.includes(escaped(text))),
      true,
    )
  }
}

const test = suite<{ world: World }>('recorded exchanges')
let replayed = 0
let compared = 0

test.before(async context => {
  context.world = await startWorld({ spanCharLimit: 20_000 })
})
test.after(async ({ world }) => {
  await world.stop()
  console.log(`\n  tapes replayed: ${replayed}, facts compared: ${compared}`)
  assert.ok(compared > 900, `only ${compared} facts were compared`)
})

for (const tape of loadTapes().filter(each => !each.name.startsWith('golden-'))) {
  test(tape.name, async ({ world }) => {
    const { pathname, search } = new URL(tape.request.url)
    const body = requestBytes(tape)
    const span = await world.spanOf(async () => {
      const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
        method: tape.request.method,
        headers: { ...tape.request.headers, 'x-tape': tape.name },
        ...(body.length > 0 ? { body } : {}),
      })
      await response.arrayBuffer()
    })
    assert.is(span.metrics['http.status_code'] ?? Number(span.meta['http.status_code']), tape.response.status)
    if (tape.response.status >= 400) assert.is(span.error, 1)
    if (tape.response.status < 400) expectFacts(span, factsOf(tape))
    replayed += 1
  })
}

test.run()
