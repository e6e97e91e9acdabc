/** fetch: Node's own, or that of an npm undici. */
import { ask, left, log, play } from '../../apps/stage.mjs'
import { ANSWERS, CHAT, each, eachReason, headersOf, looks, PATIENCE_MS, seen, textOf, urlOf } from './observe.mjs'

const from = process.env.CLIENT === 'fetch' ? globalThis : await import(process.env.CLIENT)
const { fetch, Headers, Request, FormData } = from

function post(scene, init = {}) {
  return fetch(urlOf(scene), { method: 'POST', headers: headersOf(scene), body: CHAT, ...init })
}

function facts(response) {
  const { status, statusText, ok, type, redirected, url, bodyUsed, headers } = response
  log('head', status, statusText, ok, type, redirected, new URL(url).pathname, bodyUsed, [...headers], looks(response))
}

/** Tells all of an answer, or why there is none. */
async function whole(scene, init) {
  const response = await post(scene, init)
  facts(response)
  const text = await response.text()
  log('used', response.bodyUsed)
  return text.length > 2000 ? text.length : text
}

/** Catches as an app does, and then waits until the server knows. */
async function caught(scene, call) {
  await call().then(
    value => log('went well', value),
    error => log('caught', seen(error)),
  )
  await left(scene)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  await caught(scene, async () => {
    const response = await post(scene, { signal: controller.signal })
    for await (const chunk of response.body) {
      log('chunk', chunk.length > 0)
      controller.abort(reason)
    }
  })
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  controller.signal.addEventListener('abort', () => log('abort event'))
  const asked = post(scene, { signal: controller.signal })
  asked.catch(() => log('rejected'))
  await ask(`/arrived/${scene}`)
  controller.abort(reason)
  await caught(scene, () => asked)
}

async function abortAfter(scene, reason) {
  const controller = new AbortController()
  const response = await post(scene, { signal: controller.signal })
  const text = await response.text()
  controller.abort(reason)
  return [text, response.bodyUsed, controller.signal.aborted]
}

/** Gives two pieces, and what happens between them. */
function upload(between) {
  async function* body() {
    yield Buffer.from(CHAT.slice(0, 10))
    await between?.()
    yield Buffer.from(CHAT.slice(10))
  }
  return { body: ReadableStream.from(body()), duplex: 'half' }
}

function form() {
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob(['{}\n'], { type: 'application/jsonl' }), 'a.jsonl')
  return form
}

const { 'content-type': _, ...untyped } = headersOf('ok_bodies')

await play(
  {
    // The fetch of Node 20 waits for ever, or not, where gzip is none.
    ...each(
      ANSWERS.filter(name => name !== 'gzipLie'),
      scene => whole(scene),
    ),
    ok_again: scene => whole(scene),
    ok_head: scene => whole(scene, { method: 'HEAD', body: undefined }),
    ok_get: scene => whole(scene, { method: 'GET', body: undefined }),
    redirect307_manual: scene => whole(scene, { redirect: 'manual' }),
    redirect307_error: scene => whole(scene, { redirect: 'error' }),
    redirect307_stream: scene => whole(scene, upload()),
    ...eachReason('ok_abortBefore', (scene, reason) => whole(scene, { signal: AbortSignal.abort(reason) })),
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
    ...eachReason('ok_abortAfter', abortAfter),
    hang_timeout: scene => caught(scene, () => post(scene, { signal: AbortSignal.timeout(30) })),
    hangInBody_timeout: scene =>
      caught(scene, async () => (await post(scene, { signal: AbortSignal.timeout(100) })).text()),
    hangInBody_cancel: async scene => {
      const response = await post(scene)
      await response.body.cancel('enough')
      await left(scene)
      return response.bodyUsed
    },
    hangInBody_break: async scene => {
      const response = await post(scene)
      for await (const chunk of response.body) {
        log(chunk.length > 0, chunk.constructor.name)
        break
      }
      await left(scene)
    },
    hangInBody_throw: scene =>
      caught(scene, async () => {
        for await (const _ of (await post(scene)).body) throw new TypeError('mine')
      }),
    stream_tee: async scene => {
      const [one, other] = (await post(scene)).body.tee()
      return Promise.all([textOf(one), textOf(other)])
    },
    stream_clone: async scene => {
      const response = await post(scene)
      return Promise.all([response.clone().text(), response.text()])
    },
    stream_reader: async scene => {
      const response = await post(scene)
      const reader = response.body.getReader()
      log(response.body.locked, looks(response.body))
      const { done, value } = await reader.read()
      log(done, value.constructor.name, value.byteOffset, value.length === value.buffer.byteLength)
      reader.releaseLock()
      return (await response.text()).length
    },
    ok_twice: async scene => {
      const response = await post(scene)
      log(await response.json())
      return response.json()
    },
    ok_ways: async scene => [
      (await (await post(scene)).arrayBuffer()).byteLength,
      (await (await post(scene)).blob()).type,
      typeof (await (await post(scene)).json()),
    ],
    ok_unread: async scene => (await post(scene)).status,
    ok_request: async scene => {
      const request = new Request(urlOf(scene), { method: 'POST', headers: headersOf(scene), body: CHAT })
      const before = looks(request)
      const response = await fetch(request)
      log(before, looks(request), request.bodyUsed)
      return response.text()
    },
    ok_headers: scene => whole(scene, { headers: new Headers(headersOf(scene)) }),
    ok_pairs: scene => whole(scene, { headers: [...Object.entries(headersOf(scene)), ['x-a', '1'], ['x-a', '2']] }),
    ok_badHeader: scene => whole(scene, { headers: { ...headersOf(scene), 'x-bad': 'a\nb' } }),
    ok_buffer: async scene => {
      const bytes = Buffer.from(CHAT)
      const asked = post(scene, { body: bytes })
      const response = await asked
      bytes.fill(0)
      return response.text()
    },
    ok_form: scene => whole(scene, { body: form(), headers: { ...untyped, 'openai-organization': scene } }),
    ok_params: scene => whole(scene, { body: new URLSearchParams({ a: '1' }) }),
    ok_blob: scene => whole(scene, { body: new Blob([CHAT]) }),
    ok_upload: scene => whole(scene, upload()),
    early_upload: scene =>
      whole(
        scene,
        upload(() => ask(`/arrived/${scene}`)),
      ),
    hangAtHead_uploadFails: scene =>
      caught(scene, () =>
        post(
          scene,
          upload(async () => {
            await ask(`/arrived/${scene}`)
            throw new RangeError('mine')
          }),
        ),
      ),
    ok_many: async scene =>
      (await Promise.all(Array.from({ length: 20 }, () => post(scene)))).map(({ status }) => status),
    ok_badScheme: scene => fetch('ftp://127.0.0.1/x').then(({ status }) => [scene, status]),
    ok_badPort: scene => fetch('http://127.0.0.1:9/x').then(({ status }) => [scene, status]),
    ok_data: async scene => [scene, await (await fetch('data:text/plain,hi')).text()],
  },
  PATIENCE_MS,
)
