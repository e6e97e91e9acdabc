/** OpenAI's own SDK, of today and of the fourth generation. */
import { ask, left, log, play } from '../../apps/stage.mjs'
import { ANSWERS, each, eachReason, KEY, looks, PATIENCE_MS, seen, urlOf } from './observe.mjs'

const { default: OpenAI } = await import(process.env.CLIENT)
const ASKED = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }

function client(scene, more) {
  const baseURL = urlOf(scene).replace('/chat/completions', '')
  return new OpenAI({ apiKey: KEY, organization: scene, baseURL, maxRetries: 0, ...more })
}

async function told(call) {
  try {
    log('gives', await call())
  } catch (error) {
    const { headers, error: body, request_id } = error
    log(
      'caught',
      seen(error),
      headers && Object.fromEntries(headers.entries?.() ?? Object.entries(headers)),
      body,
      request_id,
    )
  }
}

async function streamed(scene, more, each = () => {}) {
  const stream = await client(scene).chat.completions.create({ ...ASKED, stream: true }, more)
  log(looks(stream))
  for await (const chunk of stream) {
    log(chunk)
    if (each(stream) === 'break') break
  }
  log('after', stream.controller.signal.aborted)
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  const asked = told(() => client(scene).chat.completions.create(ASKED, { signal: controller.signal }))
  await ask(`/arrived/${scene}`)
  controller.abort(reason)
  await asked
  await left(scene)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  await told(() => streamed(scene, { signal: controller.signal }, () => controller.abort(reason)))
  await left(scene)
}

const STREAMS = 'stream resetInBody cutChunked sseError sseErrorFirst sseNoEnd sseGarbage badChunk notJson empty'.split(
  ' ',
)

await play(
  {
    ...each(ANSWERS, scene => told(() => client(scene).chat.completions.create(ASKED))),
    ...each(
      STREAMS.map(name => `${name}_streamed`),
      scene => told(() => streamed(scene)),
    ),
    ...each(['serverError_retried', 'resetBeforeHead_retried', 'refused_retried'], scene =>
      told(() => client(scene, { maxRetries: 1 }).chat.completions.create(ASKED)),
    ),
    ok_withResponse: scene =>
      told(async () => {
        const { data, response } = await client(scene).chat.completions.create(ASKED).withResponse()
        return [data, response.status, response.bodyUsed]
      }),
    ok_asResponse: scene =>
      told(async () => {
        const response = await client(scene).chat.completions.create(ASKED).asResponse()
        log(response.status, response.bodyUsed)
        return response.text()
      }),
    stream_tee: scene =>
      told(async () => {
        const stream = await client(scene).chat.completions.create({ ...ASKED, stream: true })
        const [one, other] = stream.tee()
        for await (const chunk of one) log('one', chunk.choices)
        for await (const chunk of other) log('other', chunk.choices)
      }),
    hangInBody_break: async scene => {
      await told(() => streamed(scene, {}, () => 'break'))
      await left(scene)
    },
    hangInBody_controller: async scene => {
      await told(() => streamed(scene, {}, stream => stream.controller.abort()))
      await left(scene)
    },
    hangInBody_throw: async scene => {
      await told(() =>
        streamed(scene, {}, () => {
          throw new RangeError('mine')
        }),
      )
      await left(scene)
    },
    hang_timeout: async scene => {
      await told(() => client(scene, { timeout: 50 }).chat.completions.create(ASKED))
      await left(scene)
    },
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
  },
  PATIENCE_MS,
)
