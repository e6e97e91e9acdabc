/** node:http and node:https. */
import http from 'node:http'
import https from 'node:https'
import { PassThrough, pipeline } from 'node:stream'
import { ask as control, left, log, play } from '../../apps/stage.mjs'
import {
  ANSWERS,
  CHAT,
  each,
  eachReason,
  headersOf,
  hear,
  hidden,
  looks,
  PATIENCE_MS,
  seen,
  short,
  textOf,
  urlOf,
} from './observe.mjs'

const isTls = process.env.CLIENT === 'https'
const client = isTls ? https : http
const agent = new client.Agent({ keepAlive: true, maxSockets: 5 })

const REQUEST = [
  'socket',
  'finish',
  'response',
  'information',
  'continue',
  'upgrade',
  'abort',
  'timeout',
  'error',
  'close',
]
const RESPONSE = ['aborted', 'end', 'error', 'close']

/** Makes a request and tells all that happens on it. */
function asked(scene, { options = {}, prepare, body = CHAT, read = textOf } = {}) {
  return new Promise(resolve => {
    const trusted = isTls && !scene.startsWith('untrusted') ? { ca: process.env.CA } : {}
    const url = isTls ? urlOf(scene).replace(process.env.SERVER, process.env.TLS) : urlOf(scene)
    // Plain HTTP where the client speaks TLS, and the other way round, are scenes of their own.
    const by = url.startsWith('https') ? https : http
    const own = by === client ? { agent } : {}
    const request = by.request(url, { method: 'POST', headers: headersOf(scene), ...own, ...trusted, ...options })
    log('made', looks(request), request.getHeaderNames(), request.path, request.method, request.host, request.protocol)
    hear(request, 'request', REQUEST)
    request.on('close', () => {
      const { destroyed, aborted, reusedSocket, writableFinished, res } = request
      log('closed', destroyed, aborted, reusedSocket, writableFinished, res?.complete, hidden(request))
      resolve()
    })
    request.on('response', response => {
      const { statusCode, statusMessage, headers, rawHeaders, httpVersion, readableFlowing } = response
      log('head', statusCode, statusMessage, headers, rawHeaders, httpVersion, readableFlowing, looks(response))
      hear(response, 'response', RESPONSE)
      read(response, request).then(
        text => log('body', text, response.complete, response.trailers, response.rawTrailers, hidden(response)),
        error => log('unread', seen(error)),
      )
    })
    prepare?.(request)
    if (body !== null) log('ended', request.end(body) === request, request.writableEnded, request.writableLength >= 0)
  })
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  const ended = asked(scene, { options: { signal: controller.signal } })
  await control(`/arrived/${scene}`)
  controller.abort(reason)
  await ended
  await left(scene)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  const read = async response => {
    for await (const chunk of response) {
      log('chunk', chunk.length > 0)
      controller.abort(reason)
    }
  }
  await asked(scene, { options: { signal: controller.signal }, read })
  await left(scene)
}

async function destroyMid(scene, reason) {
  await asked(scene, { read: (response, request) => firstChunk(response, () => request.destroy(reason ?? undefined)) })
  await left(scene)
}

async function destroyResponse(scene, reason) {
  await asked(scene, { read: response => firstChunk(response, () => response.destroy(reason ?? undefined)) })
  await left(scene)
}

function firstChunk(response, then) {
  return new Promise(resolve => {
    response.once('data', () => {
      then()
      resolve()
    })
  })
}

/** As an app that counts bytes, or a tool that records them, wraps a method of one object. */
function wrapped(object, name) {
  const original = object[name]
  const mine = function (...args) {
    log('wrapped', name, args.length, typeof args[0])
    return original.apply(this, args)
  }
  object[name] = mine
  return () => log('is mine', object[name] === mine, Object.keys(object).includes(name))
}

await play(
  {
    ...each(ANSWERS, scene => asked(scene)),
    ok_again: scene => asked(scene),
    ok_reused: scene => asked(scene),
    ok_noAgent: scene => asked(scene, { options: { agent: false } }),
    ok_head: scene => asked(scene, { options: { method: 'HEAD' }, body: undefined }),
    ok_get: scene => asked(scene, { options: { method: 'GET' }, body: undefined }),
    ok_flat: scene => asked(scene, { options: { headers: ['host', 'x', ...Object.entries(headersOf(scene)).flat()] } }),
    ok_pairs: scene => asked(scene, { options: { headers: [['host', 'x'], ...Object.entries(headersOf(scene))] } }),
    ok_repeated: scene => asked(scene, { options: { headers: { ...headersOf(scene), 'x-a': ['1', '2'] } } }),
    ok_lateHeader: scene =>
      asked(scene, {
        prepare: request => {
          request.setHeader('x-late', '1')
          request.removeHeader('content-type')
          log(request.getHeaders(), request.hasHeader('x-late'), request.getRawHeaderNames())
        },
      }),
    ok_flushed: scene =>
      asked(scene, {
        prepare: request => {
          request.flushHeaders()
          log(request.headersSent)
        },
      }),
    ok_written: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          log(
            request.write(CHAT.slice(0, 5)),
            request.write(Buffer.from(CHAT.slice(5, 9)), () => log('written')),
          )
          log(request.write(Buffer.from(CHAT.slice(9)).toString('hex'), 'hex', () => log('written hex')))
          request.end(() => log('end called back'))
        },
      }),
    ok_corked: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          request.cork()
          request.write(CHAT.slice(0, 5))
          request.write(CHAT.slice(5))
          request.uncork()
          request.end()
        },
      }),
    ok_wrongWrite: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          for (const wrong of [undefined, null, 5, {}]) {
            try {
              log(request.write(wrong))
            } catch (error) {
              log('thrown', seen(error))
            }
          }
          request.end(CHAT)
        },
      }),
    ok_endTwice: scene => asked(scene, { prepare: request => queueMicrotask(() => request.end('more')) }),
    ok_writeAfterEnd: scene =>
      asked(scene, {
        prepare: request => queueMicrotask(() => log(request.write('x', error => log('late', seen(error))))),
      }),
    ok_emptyEnd: scene => asked(scene, { options: { method: 'GET' }, body: null, prepare: request => request.end() }),
    ok_piped: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          const source = new PassThrough()
          source.pipe(request)
          source.write(CHAT.slice(0, 4))
          source.end(CHAT.slice(4))
        },
      }),
    continue100: scene =>
      asked(scene, {
        options: { headers: { ...headersOf(scene), expect: '100-continue' } },
        body: null,
        prepare: request => request.on('continue', () => request.end(CHAT)),
      }),
    earlyRefusal_waiting: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          request.write(CHAT.slice(0, 5))
          request.on('response', () => request.end())
        },
      }),
    ok_ownWrite: scene =>
      asked(scene, {
        body: null,
        prepare: request => {
          const checks = ['write', 'end', 'destroy'].map(name => wrapped(request, name))
          request.write(CHAT.slice(0, 5))
          request.end(CHAT.slice(5))
          request.on('close', () => {
            for (const check of checks) check()
          })
        },
      }),
    stream_ownPush: scene =>
      asked(scene, {
        read: async response => {
          const check = wrapped(response, 'push')
          const text = await textOf(response)
          check()
          return text
        },
      }),
    ok_ownProperty: scene =>
      asked(scene, {
        prepare: request => {
          Object.defineProperty(request, 'mine', { value: 1, enumerable: false })
          request.tag = { is: 'mine' }
          request.on('close', () => log(request.mine, request.tag, 'write' in request, request.write.name !== ''))
        },
      }),
    stream_mutated: scene =>
      asked(scene, {
        read: async response => {
          let bytes = 0
          for await (const chunk of response) bytes += chunk.fill(0).length
          return bytes
        },
      }),
    stream_encoding: scene =>
      asked(scene, {
        read: async response => {
          let text = ''
          for await (const chunk of response.setEncoding('utf8')) text += typeof chunk === 'string' ? chunk : '?'
          return text
        },
      }),
    stream_readable: scene =>
      asked(scene, {
        read: response =>
          new Promise(resolve => {
            let text = ''
            response.on('readable', () => {
              for (let part = response.read(); part !== null; part = response.read()) text += part
            })
            response.on('end', () => resolve(text))
          }),
      }),
    stream_paused: scene =>
      asked(scene, {
        read: async response => {
          response.pause()
          log(response.isPaused(), response.readableFlowing)
          await new Promise(resolve => setImmediate(resolve))
          log(response.listenerCount('data'), response.readableLength >= 0)
          response.resume()
          await new Promise(resolve => response.on('end', resolve))
        },
      }),
    stream_piped: scene =>
      asked(scene, {
        read: response =>
          new Promise(resolve => {
            const out = new PassThrough()
            pipeline(response, out, error => log('piped', error && seen(error)))
            textOf(out).then(resolve)
          }),
      }),
    stream_unshift: scene =>
      asked(scene, {
        read: response =>
          new Promise(resolve => {
            response.once('readable', () => {
              const first = response.read()
              response.unshift(first)
              resolve(textOf(response).then(short))
            })
          }),
      }),
    ...eachReason('ok_abortBefore', (scene, reason) =>
      asked(scene, { options: { signal: AbortSignal.abort(reason) } }),
    ),
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
    ...eachReason('hangInBody_destroy', destroyMid),
    ...eachReason('hangInBody_destroyResponse', destroyResponse),
    ...eachReason('ok_destroyAtOnce', (scene, reason) =>
      asked(scene, { prepare: request => request.destroy(reason ?? undefined) }),
    ),
    hang_oldAbort: async scene => {
      const ended = asked(scene, { prepare: request => control(`/arrived/${scene}`).then(() => request.abort()) })
      await ended
      await left(scene)
    },
    hang_timeout: async scene => {
      await asked(scene, {
        options: { timeout: 30 },
        prepare: request => request.on('timeout', () => request.destroy()),
      })
      await left(scene)
    },
    hang_signalTimeout: async scene => {
      await asked(scene, { options: { signal: AbortSignal.timeout(30) } })
      await left(scene)
    },
    hangInBody_socket: async scene => {
      await asked(scene, { read: response => firstChunk(response, () => response.socket.destroy(new Error('mine'))) })
      await left(scene)
    },
    hang_socket: async scene => {
      const ended = asked(scene, {
        prepare: request => control(`/arrived/${scene}`).then(() => request.socket.destroy()),
      })
      await ended
      await left(scene)
    },
    switching_upgrade: scene =>
      asked(scene, {
        options: { headers: { ...headersOf(scene), connection: 'upgrade', upgrade: 'odd' } },
        prepare: request =>
          request.on('upgrade', (response, socket, first) => {
            log(response.statusCode, first.toString(), looks(response), socket.destroyed)
            socket.destroy()
          }),
      }),
    ok_unread: async scene => {
      await new Promise(resolve => {
        const url = isTls ? urlOf(scene).replace(process.env.SERVER, process.env.TLS) : urlOf(scene)
        const options = { method: 'POST', headers: headersOf(scene), ca: process.env.CA, agent: false }
        const request = client.request(url, options)
        hear(request, 'request', REQUEST)
        // Nobody listens for `response`: Node dumps the answer.
        request.on('close', resolve).end(CHAT)
      })
    },
    hangInBody_leftUnread: scene =>
      asked(scene, {
        read: async (response, request) => {
          log('readable', response.readableFlowing, response.listenerCount('end'))
          request.destroy()
        },
      }),
  },
  PATIENCE_MS,
)
agent.destroy()
// Some of the scenes leave a connection that never closes, which would keep the process, also without an observer.
process.exit()
