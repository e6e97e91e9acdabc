/** LangChain and the AI SDK. */
import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import { ask, left, log, play } from '../../apps/stage.mjs'
import { ANSWERS, each, eachReason, KEY, PATIENCE_MS, seen, urlOf } from './observe.mjs'

function langchain(scene) {
  const configuration = { baseURL: urlOf(scene).replace('/chat/completions', ''), organization: scene }
  return new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: KEY, maxRetries: 0, configuration })
}

function ai(scene) {
  const baseURL = urlOf(scene).replace('/chat/completions', '')
  return createOpenAI({ apiKey: KEY, baseURL, organization: scene }).chat('gpt-4o-mini')
}

const isAi = process.env.CLIENT === 'ai'

async function once(scene, signal) {
  if (!isAi) return (await langchain(scene).invoke('Hello', { signal })).content
  const { text, usage, finishReason } = await generateText({
    model: ai(scene),
    prompt: 'Hello',
    maxRetries: 0,
    abortSignal: signal,
  })
  return [text, usage, finishReason]
}

async function* pieces(scene, signal) {
  if (isAi) {
    const onError = ({ error }) => log('on error', seen(error))
    const options = { model: ai(scene), prompt: 'Hello', maxRetries: 0, abortSignal: signal, onError }
    yield* streamText(options).textStream
  } else for await (const { content } of await langchain(scene).stream('Hello', { signal })) yield content
}

async function told(call) {
  try {
    log('gives', await call())
  } catch (error) {
    log('caught', seen(error))
  }
}

async function streamed(scene, signal, each = () => {}) {
  for await (const piece of pieces(scene, signal)) {
    log(piece)
    if (each() === 'break') break
  }
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  const asked = told(() => once(scene, controller.signal))
  await ask(`/arrived/${scene}`)
  controller.abort(reason)
  await asked
  await left(scene)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  await told(() => streamed(scene, controller.signal, () => controller.abort(reason)))
  await left(scene)
}

const STREAMS = 'stream resetInBody cutChunked sseError sseErrorFirst sseNoEnd sseGarbage badChunk empty'.split(' ')

await play(
  {
    ...each(ANSWERS, scene => told(() => once(scene))),
    ...each(
      STREAMS.map(name => `${name}_streamed`),
      scene => told(() => streamed(scene)),
    ),
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
  },
  PATIENCE_MS,
)
