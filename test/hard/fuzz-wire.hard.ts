import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import type { Json } from '../../lib/openai/json'
import { bodyError, httpError, networkError } from '../../lib/openai/read/errors'
import { readHeaders } from '../../lib/openai/read/headers'
import { parseJson } from '../../lib/openai/read/payload'
import { durationMs, resetMs } from '../../lib/openai/read/rate-limits'
import { errorObject } from '../../lib/openai/readers/error-object'
import { Session } from '../../lib/openai/realtime/session'
import { generatedUsageOf, mergedUsage, usageOf } from '../../lib/openai/usage'
import { scrubFor } from '../../lib/redact/known'
import { type Headers, headersFromObject, headersFromPairs, headersFromText } from '../../lib/transport/headers'
import { FrameReader } from '../../lib/transport/websocket/frames'
import { socketTape } from '../socket-tapes'
import { changes, damagedJson } from './damage'
import { cut } from './exchange'
import { tries } from './seed'
import { counted, tried } from './tried'

const headers = suite('headers')

const odd = fc.constantFrom(
  '',
  ' ',
  '\ud800',
  'é',
  '\u0000',
  'x'.repeat(70_000),
  ',',
  '=',
  'Bearer',
  'Basic',
  'Basic !',
  '1e999',
  '-1',
  '%',
  '{"a":1}',
  'eyJ.eyJ.x',
)
const secret = fc.stringMatching(/^[A-Za-z0-9_-]{20,60}$/).map(key => `K3y${key}9z`)
const NAMES = [
  ...[
    'authorization',
    'api-key',
    'x-api-key',
    'cookie',
    'sec-websocket-protocol',
    'x-auth-token',
    'proxy-authorization',
  ],
  ...[
    'openai-organization',
    'openai-project',
    'x-request-id',
    'user-agent',
    'x-stainless-lang',
    'x-stainless-retry-count',
  ],
  ...[
    'retry-after',
    'retry-after-ms',
    'openai-processing-ms',
    'x-ratelimit-limit-requests',
    'x-ratelimit-reset-tokens',
  ],
  ...['x-ratelimit-remaining-tokens', 'ratelimit', 'idempotency-key', 'content-type', '__proto__', 'constructor', ''],
]
const value = fc.oneof(
  odd,
  fc.string(),
  secret,
  secret.map(key => `Bearer ${key}`),
  secret.map(key => `a=b; session=${key}`),
)
/** What clients in plain JavaScript give as a header's name or value. */
const given = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.uint8Array(),
  fc.array(fc.string()),
)
const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value), { maxLength: 20 })

headers('of any form and content are read; numbers are finite, and no credential is in what is shown', async () => {
  const done = await tries(
    fc.property(pairs, pairs, given, value, (asked, answered, any, query) => {
      const target = { origin: `https://user:${query.slice(0, 50)}@host`, query: `key=${query}&a=%zz` }
      const request = headersFromPairs(
        asked.flatMap(([name, text], i) => [
          i % 2 ? Buffer.from(name) : name,
          i % 3 ? text : [text, Buffer.from(text)],
        ]),
      )
      const response: Headers = headersFromObject(Object.fromEntries(answered))
      headersFromText(asked.map(pair => pair.join(':')).join('\r\n'))
      headersFromPairs([any, 'x', 'a', any, 'odd'])
      const facts = readHeaders(request, response, Date.now(), target)
      for (const n of [facts.processingMs, facts.retryAfterMs, facts.attempt, facts.timeoutS]) {
        assert.ok(n === undefined || (Number.isFinite(n) && n >= 0), String(n))
      }
      for (const { limit = 0, remaining = 0, resetMs: reset = 0 } of facts.rateLimits.values()) {
        assert.ok([limit, remaining, reset].every(Number.isFinite))
      }
    }),
    10_000,
  )
  tried({ what: 'headers of any form and content', times: done, held: 'read, every number finite' })
})

headers('a credential that is sent is taken out of every text that echoes it', async () => {
  const where = fc.constantFrom(
    'authorization',
    'api-key',
    'x-api-key',
    'x-auth-token',
    'cookie',
    'proxy-authorization',
  )
  const around = fc.string({ maxLength: 40 })
  const echo = fc.constantFrom<(text: string) => string>(
    text => text,
    encodeURIComponent,
    text => JSON.stringify(text),
    text => text.toUpperCase(),
    text => Buffer.from(text).toString('hex'),
    text => Buffer.from(text).toString('base64'),
    text => text.slice(3, -3),
  )
  const done = await tries(
    fc.property(where, secret, around, around, echo, (name, key, before, after, form) => {
      const text = name === 'authorization' ? `Bearer ${key}` : name === 'cookie' ? `session=${key}` : key
      const { secrets } = readHeaders(new Map([[name, text]]), new Map(), 0)
      const echoed = form(key)
      const clean = scrubFor(secrets)(`${before} ${echoed} ${after}`)
      // What stands around it may hold it by chance.
      if (!before.includes(echoed) && !after.includes(echoed)) assert.not(clean.includes(echoed), clean)
    }),
    10_000,
  )
  tried({ what: 'credentials echoed in whole, in part, encoded', times: done, held: 'taken out of the text' })
})

headers('times to wait, written in any way, are finite', async () => {
  const time = fc.oneof(
    odd,
    fc.string(),
    fc
      .array(fc.constantFrom('1', '9', '.', 'ms', 's', 'm', 'h', 'd', ' ', '-', 'e', ':', 'GMT', 'Z', 'T'))
      .map(parts => parts.join('')),
  )
  const done = await tries(
    fc.property(time, fc.nat(), (text, now) => {
      for (const ms of [durationMs(text), resetMs(text, now)])
        assert.ok(ms === undefined || (Number.isFinite(ms) && ms >= 0), `${text}: ${ms}`)
    }),
    10_000,
  )
  tried({ what: 'times to wait, written in any way', times: done, held: 'finite and not negative, or left out' })
})

headers.run()

const objects = suite('error and usage objects')

const ERRORS = [
  '{"error":{"message":"no","type":"invalid_request_error","code":"x","param":"y"}}',
  '{"detail":[{"msg":"a","loc":["b"]}]}',
  '{"errors":["a","b"]}',
  '{"object":"error","message":"a","code":400}',
  '{"error":"a"}',
  '[{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}]',
  '{"__type":"ThrottlingException","Message":"a"}',
  '{"fault":{"faultstring":"a","detail":{"errorcode":"b"}}}',
]
const USAGES = [
  '{"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}',
  '{"response":{"usage":{"input_tokens":5,"output_tokens":6,"input_tokens_details":{"text_tokens":1}}}}',
  '{"x_groq":{"usage":{"prompt_tokens":1}}}',
  '{"usage":{"seconds":3,"type":"duration"}}',
  '{"data":{"usage":{"input_tokens":1,"cache_creation_input_tokens":4,"cache_read_input_tokens":2}}}',
]
const any = (samples: readonly string[]): fc.Arbitrary<Json> =>
  fc.oneof(
    fc.jsonValue().map(json => JSON.parse(JSON.stringify(json))),
    fc
      .tuple(fc.constantFrom(...samples), changes)
      .map(([text, damage]) => parseJson(damagedJson(Buffer.from(text), damage).toString()) ?? null),
  )

objects('errors of any shape give a class, a kind and bounded words', async () => {
  const done = await tries(
    fc.property(
      any(ERRORS),
      fc.integer({ min: 0, max: 999 }),
      fc.anything(),
      fc.string(),
      (value, status, thrown, text) => {
        const failure = errorObject(value)
        const told = [
          httpError(status, { kind: 'json', value }),
          httpError(status, { kind: 'text', text }),
          networkError(thrown),
        ]
        if (failure !== undefined) told.push(bodyError(failure, true))
        for (const { class: name, kind, message, type = '', code = '', param = '' } of told) {
          assert.ok(name && kind)
          for (const word of [message, type, code, param])
            assert.ok(typeof word === 'string' && word.length <= 4_100, word)
        }
      },
    ),
    10_000,
  )
  tried({
    what: 'error objects of any shape, and anything thrown',
    times: done,
    held: 'a class, a kind, bounded words',
  })
})

objects('usage of any shape gives finite counts', async () => {
  const done = await tries(
    fc.property(any(USAGES), any(USAGES), (one, other) => {
      for (const usage of [usageOf(one), generatedUsageOf(one), usageOf({ usage: mergedUsage(one, other) ?? null })]) {
        for (const [name, n] of Object.entries(usage ?? {})) assert.ok(Number.isFinite(n) && n >= 0, `${name} ${n}`)
      }
    }),
    10_000,
  )
  assert.is(Reflect.get({}, 'polluted'), undefined)
  tried({ what: 'usage objects of any shape', times: done, held: 'counts finite and not negative, or left out' })
})

objects.run()

const sockets = suite('WebSocket frames')

/** What a client writes for these messages, by the maintained sender of frames. */
const Sender: new (
  socket: object,
  extensions: object,
) => { send(data: unknown, options: object, done?: () => void): void } =
  Reflect.get(WebSocket, 'Sender') ?? require('ws').Sender

function framesOf(messages: readonly (string | Buffer)[], mask: boolean): Buffer {
  const written: Buffer[] = []
  const socket = { cork() {}, uncork() {}, write: (bytes: Buffer) => written.push(Buffer.from(bytes)) }
  const sender = new Sender(socket, {})
  for (const data of messages) sender.send(data, { mask, fin: true, compress: false, binary: typeof data !== 'string' })
  return Buffer.concat(written)
}

async function read(side: 'client' | 'server', bytes: Buffer, cuts: readonly number[]): Promise<unknown[]> {
  const told: unknown[] = []
  const reader = new FrameReader(side, undefined, {
    message: (data, isBinary) => told.push([data.toString('base64'), isBinary]),
    closing: (code, reason) => told.push([code, reason]),
  })
  // Copies, as the reader is given: it unmasks in place.
  for (const piece of cut(bytes, cuts)) await reader.add(Buffer.from(piece))
  told.push(reader.failed)
  reader.destroy()
  return told
}

const message = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'x'.repeat(200), 'é'.repeat(70_000)),
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
)
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 })

sockets('cut anywhere, damaged or not frames at all, end and give what the whole gives', async () => {
  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 3,
  })
  const done = await tries(
    fc.asyncProperty(
      fc.array(message, { maxLength: 8 }),
      fc.boolean(),
      damage,
      cuts,
      async (messages, masked, bad, borders) => {
        const bytes = framesOf(messages, masked)
        for (const [at, byte] of bad) if (bytes.length > 0) bytes[Math.floor(at * bytes.length)] = byte
        const side = masked ? 'client' : 'server'
        const whole = await read(side, bytes, [])
        assert.equal(await read(side, bytes, borders), whole)
        const texts = messages.map(data => [Buffer.from(data).toString('base64'), typeof data !== 'string'])
        if (bad.length === 0) assert.equal(whole, [...texts, false])
      },
    ),
    2_000,
  )
  tried({
    what: 'WebSocket frames, whole and damaged, cut anywhere',
    times: 2 * done,
    held: 'ends, the pieces give what the whole gives',
  })
})

sockets('sessions with damaged events are followed to their end', async () => {
  const tapes = ['realtime-voice', 'responses', 'transcription'].map(name => socketTape(name))
  const done = await tries(
    fc.property(
      fc.constantFrom(...tapes),
      fc.array(fc.tuple(fc.nat(500), changes), { minLength: 1, maxLength: 6 }),
      (tape, damages) => {
        let ended = 0
        const turn = (): void => {
          ended += 1
        }
        const session = new Session({ turn, transcription: () => {} })
        for (const [i, { client, server }] of tape.frames.entries()) {
          const text = Buffer.from(JSON.stringify(client ?? server))
          const damage = damages.find(([at]) => at % tape.frames.length === i)?.[1] ?? []
          session.message({
            side: client ? 'client' : 'server',
            at: i,
            data: damagedJson(text, damage),
            isBinary: false,
          })
        }
        session.closed({
          at: 1e6,
          code: 1000,
          reason: '',
          by: 'client',
          isClosed: true,
          bytes: { client: 0, server: 0 },
          truncated: false,
        })
        assert.ok(ended <= 2 * tape.frames.length)
      },
    ),
    2_000,
  )
  tried({
    what: `sessions of ${counted(tapes.length)} tapes with damaged events`,
    times: done,
    held: 'followed to their end',
  })
})

sockets.run()
