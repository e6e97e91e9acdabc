/** request, stream and pipeline of an npm undici. */
import { PassThrough, Readable, Writable } from 'node:stream'
import { ask, left, log, play } from '../../apps/stage.mjs'
import {
  ANSWERS,
  CHAT,
  each,
  eachReason,
  headersOf,
  hear,
  looks,
  PATIENCE_MS,
  seen,
  short,
  textOf,
  urlOf,
} from './observe.mjs'

const { Agent, Client, Pool, RetryAgent, pipeline, request, stream } = await import(process.env.CLIENT)

function options(scene, more) {
  return { method: 'POST', headers: headersOf(scene), body: CHAT, ...more }
}

async function whole(scene, more) {
  const response = await request(urlOf(scene), options(scene, more))
  const { statusCode, headers, trailers, body, ...others } = response
  log('head', statusCode, headers, Object.keys(others), looks(body))
  const text = await body.text()
  log('trailers', trailers)
  return short(text)
}

/** By `stream`: into a sink that notes what it is given. */
async function into(scene, more) {
  const chunks = []
  const sink = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk)
      done()
    },
  })
  hear(sink, 'sink', ['finish', 'close', 'error'])
  const ended = await stream(urlOf(scene), options(scene, more), ({ statusCode, headers }) => {
    log('head', statusCode, headers)
    return sink
  })
  log(Object.keys(ended))
  return short(Buffer.concat(chunks).toString())
}

function piped(scene, more) {
  return new Promise((resolve, reject) => {
    const duplex = pipeline(
      urlOf(scene),
      options(scene, { body: undefined, ...more }),
      ({ statusCode, headers, body }) => {
        log('head', statusCode, headers, looks(body))
        return body.pipe(new PassThrough())
      },
    )
    hear(duplex, 'duplex', ['finish', 'end', 'close'])
    duplex.on('error', reject)
    textOf(duplex).then(resolve, reject)
    duplex.end(CHAT)
  })
}

async function caught(scene, call) {
  await call().then(
    value => log('went well', value),
    error => log('caught', seen(error)),
  )
  await left(scene)
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  const asked = request(urlOf(scene), options(scene, { signal: controller.signal }))
  asked.catch(() => log('rejected'))
  await ask(`/arrived/${scene}`)
  controller.abort(reason)
  await caught(scene, () => asked)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  await caught(scene, async () => {
    const { body } = await request(urlOf(scene), options(scene, { signal: controller.signal }))
    for await (const chunk of body) {
      log('chunk', chunk.length > 0)
      controller.abort(reason)
    }
  })
}

async function destroyMid(scene, reason) {
  await caught(scene, async () => {
    const { body } = await request(urlOf(scene), options(scene))
    hear(body, 'body', ['close', 'end'])
    for await (const _ of body) body.destroy(reason ?? undefined)
  })
}

async function* pieces() {
  yield CHAT.slice(0, 10)
  yield CHAT.slice(10)
}

/** A handler of the app's own, which undici 7 and 8 call by other names. */
function dispatched(scene) {
  return new Promise(resolve => {
    const { origin, pathname } = new URL(urlOf(scene))
    const agent = new Agent()
    const note =
      (name, answer) =>
      (...args) => {
        log(name, ...args.filter(arg => typeof arg === 'number'))
        if (name === 'onComplete' || name === 'onResponseEnd') resolve(agent.close())
        if (name === 'onError' || name === 'onResponseError') resolve(args.map(arg => seen(arg)))
        return answer
      }
    const handler = Object.fromEntries(
      'onConnect onHeaders onData onComplete onError'.split(' ').map(name => [name, note(name, true)]),
    )
    const length = String(Buffer.byteLength(CHAT))
    const flat = [...Object.entries({ ...headersOf(scene), 'content-length': length })].flat()
    log(agent.dispatch({ origin, path: pathname, method: 'POST', headers: flat, body: CHAT }, handler))
  })
}

await play(
  {
    ...each(ANSWERS, scene => whole(scene)),
    ...each(
      ANSWERS.map(name => `${name}_stream`),
      scene => into(scene),
    ),
    ...each(
      ANSWERS.map(name => `${name}_pipeline`),
      scene => piped(scene),
    ),
    ok_head: scene => whole(scene, { method: 'HEAD', body: undefined }),
    ok_get: scene => whole(scene, { method: 'GET', body: undefined }),
    ok_flat: scene => whole(scene, { headers: Object.entries(headersOf(scene)).flat() }),
    ok_map: scene => whole(scene, { headers: new Map(Object.entries(headersOf(scene))) }),
    ok_rawHeaders: scene => whole(scene, { responseHeaders: 'raw' }),
    ok_lengthLie: scene => whole(scene, { headers: { ...headersOf(scene), 'content-length': '5' } }),
    ok_buffer: scene => whole(scene, { body: Buffer.from(CHAT) }),
    ok_readable: scene => whole(scene, { body: Readable.from([Buffer.from(CHAT)]) }),
    ok_generator: scene => whole(scene, { body: pieces() }),
    ok_onInfo: scene => whole(scene, { onInfo: info => log('info', info.statusCode) }),
    hints103_onInfo: scene => whole(scene, { onInfo: info => log('info', info.statusCode, info.headers) }),
    ok_dispatch: dispatched,
    resetInBody_dispatch: dispatched,
    ok_upgrade: scene => whole(scene, { upgrade: 'odd' }),
    ...eachReason('ok_abortBefore', (scene, reason) => whole(scene, { signal: AbortSignal.abort(reason) })),
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
    ...eachReason('hangInBody_destroy', destroyMid),
    hang_headersTimeout: scene => caught(scene, () => whole(scene, { headersTimeout: 50 })),
    hangInBody_bodyTimeout: scene => caught(scene, () => whole(scene, { bodyTimeout: 50 })),
    hang_timeout: scene => caught(scene, () => whole(scene, { signal: AbortSignal.timeout(30) })),
    ok_dump: async scene => {
      const { statusCode, body } = await request(urlOf(scene), options(scene))
      await body.dump()
      return [statusCode, body.destroyed, body.bodyUsed]
    },
    ok_readable_events: async scene => {
      const { body } = await request(urlOf(scene), options(scene))
      hear(body, 'body', ['data', 'end', 'close', 'error'])
      await new Promise(resolve => body.on('close', resolve))
    },
    stream_encoding: async scene => {
      const { body } = await request(urlOf(scene), options(scene))
      body.setEncoding('utf8')
      const types = new Set()
      for await (const chunk of body) types.add(typeof chunk)
      return [...types]
    },
    ok_pipelined: async scene => {
      const client = new Client(process.env.SERVER, { pipelining: 3 })
      hear(client, 'client', ['connect', 'disconnect', 'drain'])
      const one = () => client.request(options(scene, { path: '/v1/chat/completions' })).then(({ body }) => body.text())
      const all = await Promise.all([one(), one(), one()])
      await client.close()
      return all.length
    },
    ok_pool: async scene => {
      const pool = new Pool(process.env.SERVER, { connections: 2 })
      const one = () => pool.request(options(scene, { path: '/v1/chat/completions' })).then(({ body }) => body.text())
      const all = await Promise.all(Array.from({ length: 10 }, one))
      log(pool.stats.queued, pool.stats.running)
      await pool.close()
      return all.length
    },
    serverError_retry: async scene => {
      const dispatcher = new RetryAgent(new Agent(), { minTimeout: 1, maxRetries: 2, methods: ['POST'] })
      await caught(scene, () => whole(scene, { dispatcher }))
      await dispatcher.close()
    },
  },
  PATIENCE_MS,
)
