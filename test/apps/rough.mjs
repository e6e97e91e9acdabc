/** Apps that handle their HTTP roughly: patch it, reuse its memory, break it off, mock it, send it another way. */
// Not by name: what is mocked is the module's member.
import http from 'node:http'
import { Readable } from 'node:stream'
import { BatchInterceptor } from '@mswjs/interceptors'
import { ClientRequestInterceptor } from '@mswjs/interceptors/ClientRequest'
import { FetchInterceptor } from '@mswjs/interceptors/fetch'
import { Agent, ProxyAgent, RetryAgent, request, fetch as undiciFetch } from 'undici'
import { ask as control, left, log, play, shape } from './stage.mjs'

const { OPENAI_ORIGIN, PROXY_ORIGIN, TLS_ORIGIN, SOCKET } = process.env
const URL_OF_CHAT = `${OPENAI_ORIGIN}/v1/chat/completions`
const CHAT = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello, OpenAI!' }] })

function headers(scene) {
  return { 'openai-organization': scene, 'content-type': 'application/json' }
}

/** By node:http, with the request in hand before it is sent. */
function ask(scene, { options = {}, prepare = () => {}, read = text, body = CHAT } = {}) {
  return new Promise((resolve, reject) => {
    const asked = http.request(URL_OF_CHAT, { method: 'POST', headers: headers(scene), ...options })
    asked.on('error', reject).on('response', response => read(response, asked).then(resolve, reject))
    prepare(asked)
    if (body !== null) asked.end(body)
  })
}

async function text(body) {
  const chunks = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

function post(scene, init = {}) {
  return fetch(URL_OF_CHAT, { method: 'POST', headers: headers(scene), body: CHAT, ...init })
}

await play({
  ownPushBefore: scene =>
    ask(scene, {
      read: async response => {
        const { push } = response
        let bytes = 0
        response.push = function (chunk, ...rest) {
          bytes += chunk?.length ?? 0
          return push.call(this, chunk, ...rest)
        }
        const all = await text(response)
        response.push = push
        return [bytes, all]
      },
    }),
  ownWriteAndEnd: scene =>
    ask(scene, {
      prepare: asked => {
        const { end } = asked
        asked.end = function (...args) {
          log('end', args.length)
          return end.apply(this, args)
        }
      },
    }),
  lateHeader: scene =>
    ask(scene, {
      options: { headers: { 'content-type': 'application/json' } },
      prepare: asked => asked.setHeader('openai-organization', scene),
    }),
  chunksMutated: scene =>
    ask(scene, {
      read: async response => {
        let bytes = 0
        for await (const chunk of response) {
          bytes += chunk.length
          chunk.fill('#')
        }
        return bytes
      },
    }),
  requestBufferReused: async scene => {
    const bytes = Buffer.from(CHAT)
    return ask(scene, {
      body: null,
      prepare: asked =>
        asked.write(bytes, () => {
          bytes.fill('#')
          asked.end()
        }),
    })
  },
  writtenInBits: scene =>
    ask(scene, {
      body: null,
      prepare: asked => {
        asked.setHeader('transfer-encoding', 'chunked')
        for (const letter of CHAT) log(asked.write(letter))
        asked.end(() => log('finished'))
      },
    }),
  hexAndLatin: scene =>
    ask(scene, {
      body: null,
      prepare: asked => {
        asked.write(Buffer.from(CHAT.slice(0, 10)).toString('hex'), 'hex')
        asked.end(CHAT.slice(10), 'latin1')
      },
    }),
  expectContinue: scene =>
    ask(scene, {
      options: { headers: { ...headers(scene), expect: '100-continue' } },
      body: null,
      prepare: asked => asked.on('continue', () => asked.end(CHAT)),
    }),
  pausedAndRead: scene =>
    ask(scene, {
      read: response =>
        new Promise(resolve => {
          let all = ''
          response.setEncoding('utf8').on('readable', () => {
            for (let part = response.read(); part !== null; part = response.read()) all += part
          })
          response.on('end', () => resolve(all))
        }),
    }),
  httpAborted: async scene => {
    await ask(scene, {
      read: async (response, asked) => {
        for (const event of ['aborted', 'error', 'close']) response.on(event, error => log(event, error?.code))
        response.once('data', () => asked.destroy())
        await new Promise(resolve => response.on('close', resolve))
        return response.complete
      },
    })
    await left(scene)
  },
  uploadThatFails: async scene => {
    async function* body() {
      yield Buffer.from('{"model":')
      await control('/arrived/uploadThatFails')
      throw new RangeError('mine')
    }
    const init = { body: Readable.toWeb(Readable.from(body())), duplex: 'half' }
    await post(scene, init).catch(error => log(shape(error)))
  },
  streamedUpload: async scene => {
    const init = { body: Readable.toWeb(Readable.from([Buffer.from(CHAT)])), duplex: 'half' }
    return (await post(scene, init)).text()
  },
  bigUpload: async scene => {
    const form = new FormData()
    form.set('purpose', 'batch')
    form.set('file', new Blob([new Uint8Array(20 << 20).fill(97)]), 'big.jsonl')
    const init = { method: 'POST', headers: { 'openai-organization': scene }, body: form }
    return (await fetch(`${OPENAI_ORIGIN}/v1/files`, init)).text()
  },
  cloned: async scene => {
    const answer = await post(scene)
    return Promise.all([answer.clone().text(), answer.text()])
  },
  readByHand: async scene => {
    const reader = (await post(scene)).body.getReader()
    const first = await reader.read()
    await reader.cancel('enough')
    log(first.done, await reader.closed.then(() => 'closed'))
    await left(scene)
  },
  readSlowly: async scene => {
    const answer = await post(scene)
    log('the server is held back', Number(await control(`/stalled/${scene}`)) < 10 << 20)
    return (await answer.text()).length
  },
  readSlowlyByHttp: scene =>
    ask(scene, {
      read: async response => {
        log('the server is held back', Number(await control(`/stalled/${scene}`)) < 10 << 20)
        return (await text(response)).length
      },
    }),
  redirected: async scene => {
    const answer = await fetch(`${OPENAI_ORIGIN}/v1/moved`, { headers: { 'openai-organization': scene } })
    return [answer.redirected, answer.url === `${OPENAI_ORIGIN}/v1/models`, answer.status]
  },
  unixSocket: scene =>
    ask(scene, { options: { socketPath: SOCKET, headers: { ...headers(scene), host: new URL(OPENAI_ORIGIN).host } } }),
  throughProxy: async scene => {
    const dispatcher = new ProxyAgent(PROXY_ORIGIN)
    const answer = await undiciFetch(URL_OF_CHAT, { method: 'POST', headers: headers(scene), body: CHAT, dispatcher })
    const all = await answer.text()
    await dispatcher.close()
    return all
  },
  http2: async scene => {
    const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } })
    const url = `${TLS_ORIGIN}/v1/chat/completions`
    const answer = await undiciFetch(url, { method: 'POST', headers: headers(scene), body: CHAT, dispatcher })
    const all = await answer.text()
    await dispatcher.close()
    return [answer.status, all]
  },
  retryAgent: async scene => {
    const dispatcher = new RetryAgent(new Agent(), { minTimeout: 1, maxRetries: 2, methods: ['POST'] })
    const options = { method: 'POST', headers: headers(scene), body: CHAT, dispatcher }
    const { statusCode, body } = await request(URL_OF_CHAT, options)
    const all = await body.text()
    await dispatcher.close()
    return [statusCode, all]
  },
  clockSetBack: async scene => {
    const { now } = Date
    const asked = post(scene)
    Date.now = () => now() - 3_600_000
    try {
      return (await asked).text()
    } finally {
      Date.now = now
    }
  },
  mocked: async scene => {
    const interceptor = new BatchInterceptor({
      name: 'mocks',
      interceptors: [new ClientRequestInterceptor(), new FetchInterceptor()],
    })
    interceptor.apply()
    interceptor.on('request', ({ request, controller }) => {
      // Not what the tracer sends meanwhile.
      if (!request.url.startsWith(process.env.OPENAI_ORIGIN)) return
      log('mock sees', request.method, request.headers.get('x-mock'))
      if (request.headers.get('x-mock') !== 'yes') return
      controller.respondWith(new Response('{"model":"gpt-4o-mini","object":"chat.completion"}', { status: 201 }))
    })
    interceptor.on('response', ({ request, response, isMockedResponse }) => {
      if (request.url.startsWith(process.env.OPENAI_ORIGIN)) log('mock saw', response.status, isMockedResponse)
    })
    const options = { headers: { ...headers(scene), 'x-mock': 'yes' } }
    log('http, mocked', await ask(scene, { options }))
    log('fetch, mocked', await (await post(scene, options)).text())
    log('http, passed through', await ask(scene))
    log('fetch, passed through', await (await post(scene)).text())
    interceptor.dispose()
    log('fetch, after', (await post(scene)).status)
  },
})
