import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import { connect, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../lib/local/certificate'
import { listen } from '../lib/local/listen'
import type { StandInAnswer } from '../lib/local/openai/answer'
import type { Received } from '../lib/local/openai/received'
import { assertEqualRuns, assertEqualScene, type Pair, runTwice, sceneOf, spansOf } from './app-equal'
import { completion, endingOf } from './scenes'

interface Row {
  answer?: StandInAnswer | ((received: Received) => StandInAnswer)
  /** As `endingOf` says it. */
  spans: readonly (readonly string[])[]
}

const CHAT = 'createChatCompletion'
const OK = [[CHAT, '200']]
const PLAIN = completion({ content: 'Hello!' })
const HANGING: StandInAnswer = { tape: 'js-chat-completion-stream-1', fault: { kind: 'hang', afterBytes: 700 } }

/** More than the kernel and a client keep for somebody who does not read. */
const BIG: StandInAnswer = { body: { model: 'gpt-4o-mini', text: 'x'.repeat(20 << 20) }, pieceBytes: 1 << 16 }

const SCENES: Record<string, Row> = {
  ownPushBefore: { spans: OK },
  ownWriteAndEnd: { spans: OK },
  lateHeader: { spans: OK },
  chunksMutated: { spans: OK },
  requestBufferReused: { spans: OK },
  writtenInBits: { spans: OK },
  hexAndLatin: { spans: OK },
  expectContinue: { spans: OK },
  pausedAndRead: { spans: OK },
  httpAborted: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  uploadThatFails: { spans: [[CHAT, 'aborted']] },
  streamedUpload: { spans: OK },
  bigUpload: { answer: { body: { id: 'file-1', object: 'file' } }, spans: [['createFile', '200']] },
  cloned: { spans: OK },
  readByHand: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  readSlowly: { answer: BIG, spans: OK },
  readSlowlyByHttp: { answer: BIG, spans: OK },
  redirected: {
    answer: ({ url }) => (url === '/v1/moved' ? { redirect: '/v1/models' } : { tape: 'js-models' }),
    spans: [
      ['GET /v1/moved', '307'],
      ['listModels', '200'],
    ],
  },
  // Whoever listens at a socket that no entry of INTERCEPTOR_HOSTS names is not ours.
  unixSocket: { spans: [] },
  throughProxy: { spans: OK },
  http2: { spans: OK },
  retryAgent: {
    answer: once({ status: 503 }),
    spans: [
      [CHAT, '503', 'InternalServerError'],
      [CHAT, '200', 'attempt 2'],
    ],
  },
  clockSetBack: { spans: OK },
  // node:http is seen when a mock answers it, too; a mocked fetch never comes to undici.
  mocked: { spans: [[CHAT, '201'], ...OK, ...OK, ...OK] },
}

/** The odd ones get the answer: the first of the plain run and the first of the observed one. */
function once(answer: StandInAnswer): (received: Received) => StandInAnswer {
  let asked = 0
  return () => {
    asked += 1
    return asked % 2 === 1 ? answer : PLAIN
  }
}

/** A plain proxy, a way in by HTTP/2 and one by a Unix socket, all three to where the stand-in listens. */
async function startDetours(): Promise<{ env: Record<string, string>; hosts: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-'))
  const path = join(folder, 'openai.sock')
  const certificate = await makeCertificate()
  const answer: RequestListener = (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(PLAIN.body))
    })
  }
  const proxy = createServer().on('connect', (request, socket: Socket) => {
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  const tls = createSecureServer({ key: certificate.key, cert: certificate.cert }, answer as never)
  const unix = createServer(answer)
  await new Promise<void>(resolve => unix.listen(path, resolve))
  const [proxyPort, tlsPort] = [await listen(proxy, 0), await listen(tls as unknown as Server, 0)]
  const tlsHost = `127.0.0.1:${tlsPort}`
  return {
    env: { SOCKET: path, PROXY_ORIGIN: `http://127.0.0.1:${proxyPort}`, TLS_ORIGIN: `https://${tlsHost}` },
    hosts: tlsHost,
    async close() {
      for (const server of [proxy, tls, unix]) await new Promise(resolve => server.close(resolve))
      certificate.remove()
      rmSync(folder, { recursive: true })
    },
  }
}

const test = suite<{ pair: Pair }>('apps that handle their HTTP roughly')

test.before(async context => {
  const detours = await startDetours()
  context.pair = await runTwice('rough.mjs', {
    env: detours.env,
    hosts: detours.hosts,
    script: received => {
      const { answer = PLAIN } = SCENES[sceneOf(received)] ?? {}
      return typeof answer === 'function' ? answer(received) : answer
    },
    spans: Object.values(SCENES).reduce((sum, { spans }) => sum + spans.length, 0),
  })
  await detours.close()
})

for (const [scene, { spans }] of Object.entries(SCENES)) {
  test(`${scene}: the app and its server see the same, and each request has one span that ended as it did`, ({
    pair,
  }) => {
    assertEqualScene(pair, scene)
    assert.equal(spansOf(pair, scene).map(endingOf), spans)
  })
}

test('what the span says is what was on the wire, whatever the app did to its memory', ({ pair }) => {
  for (const scene of ['chunksMutated', 'requestBufferReused', 'writtenInBits', 'hexAndLatin', 'http2']) {
    const [span] = spansOf(pair, scene)
    assert.is(span?.meta['openai.request.messages.0.content'], 'Hello, OpenAI!', scene)
    assert.is(span?.meta['openai.response.choices.0.message.content'], 'Hello!', scene)
    assert.is(span?.metrics['openai.response.usage.total_tokens'], 12, scene)
  }
})

test('a client that reads slowly holds its server back as it would alone', ({ pair }) => {
  for (const scene of ['readSlowly', 'readSlowlyByHttp']) {
    assert.match(pair.observed.scenes.get(scene)?.join('\n') ?? '', /held back",true/, scene)
  }
})

test('a clock that is set back makes no negative duration', ({ pair }) => {
  const [span] = spansOf(pair, 'clockSetBack')
  assert.ok(span && span.duration > 0 && span.duration < 60e9, String(span?.duration))
})

test('an upload over the bound is cut in the record and whole on the wire', ({ pair }) => {
  const [span] = spansOf(pair, 'bigUpload')
  assert.is(span?.meta['openai.request.purpose'], 'batch')
  assert.is(span?.meta['openai.response.truncated'], 'true')
})

test('the process as a whole says nothing more and ends the same', ({ pair }) => assertEqualRuns(pair))

test.run()
