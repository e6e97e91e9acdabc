import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StandInAnswer } from '../lib/local/openai/answer'
import type { Received } from '../lib/local/openai/received'
import { loadTapes, type Tape } from '../lib/local/tapes/tape'
import { assertEqualRuns, assertEqualScene, type Pair, runTwice, sceneOf, spansOf } from './app-equal'
import { completion, endingOf, toolCall } from './scenes'

/** What a span says of how a call went: operation, and then only what is out of the ordinary. */
type Ending = readonly [operation: string, ...facts: string[]]

interface Row {
  /** How the stand-in answers; by itself it finds a tape. */
  answer?: StandInAnswer | ((received: Received) => StandInAnswer)
  spans: readonly Ending[]
}

const CHAT = 'createChatCompletion'
const OK: readonly Ending[] = [[CHAT, '200']]
const STREAMED: StandInAnswer = { tape: 'js-chat-completion-stream-1' }
/** Two of its events, and then nothing more: only the client can end it. */
const HANGING: StandInAnswer = { ...STREAMED, fault: { kind: 'hang', afterBytes: 700 } }
const SOON = { 'retry-after-ms': '1' }

const retries = ({ headers }: Received): number => Number(headers['x-stainless-retry-count'] ?? 0)
const files = (ids: readonly string[], more: boolean): StandInAnswer => ({
  body: {
    object: 'list',
    data: ids.map(id => ({ id, object: 'file', bytes: 1, created_at: 1, filename: 'a', purpose: 'batch' })),
    has_more: more,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  },
})

/** What each scene of `apps/sdk.mjs` is answered, and what its spans must say. */
const SCENES: Record<string, Row> = {
  plain: { spans: OK },
  stream: { answer: STREAMED, spans: OK },
  withResponse: { spans: OK },
  withResponseStream: { answer: STREAMED, spans: OK },
  asResponseJson: { spans: OK },
  asResponseText: { answer: STREAMED, spans: OK },
  asResponseUnread: { spans: OK },
  parse: { answer: completion({ content: '{"answer":42}' }), spans: OK },
  streamHelper: { answer: STREAMED, spans: OK },
  streamHelperAborted: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  tee: { answer: STREAMED, spans: OK },
  toReadableStream: { answer: STREAMED, spans: OK },
  runTools: {
    answer: ({ body }) =>
      /"role": ?"tool"/.test(body.toString()) ? completion({ content: 'It is sunny.' }) : toolCall(),
    spans: [
      [CHAT, '200'],
      [CHAT, '200'],
    ],
  },
  pages: {
    answer: ({ url }) => (url.includes('after=') ? files(['file-3'], false) : files(['file-1', 'file-2'], true)),
    spans: [
      ['listFiles', '200'],
      ['listFiles', '200'],
    ],
  },
  upload: { spans: [['createFile', '200']] },
  download: { answer: { tape: 'js-files-id-content' }, spans: [['downloadFile', '200']] },
  embeddings: { spans: [['createEmbedding', '200']] },
  responses: { answer: { tape: 'js-response-stream-1' }, spans: [['createResponse', '200']] },
  break: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  abort: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  throw: { answer: HANGING, spans: [[CHAT, '200', 'aborted']] },
  unread: { answer: STREAMED, spans: OK },
  errorEvent: { answer: { tape: 'error-event' }, spans: [[CHAT, '200', 'APIError']] },
  abortedBefore: { spans: [] },
  abortHead: { answer: { fault: { kind: 'hang' } }, spans: [[CHAT, 'aborted']] },
  timeout: { answer: { fault: { kind: 'hang' } }, spans: [[CHAT, 'APITimeoutError']] },
  timeoutOfOneCall: { answer: { fault: { kind: 'hang' } }, spans: [[CHAT, 'APITimeoutError']] },
  timeoutShort: { answer: { fault: { kind: 'hang' } }, spans: [[CHAT, 'APITimeoutError']] },
  retry429: {
    answer: received => (retries(received) < 2 ? { status: 429, headers: SOON } : {}),
    spans: [
      [CHAT, '429', 'RateLimitError'],
      [CHAT, '429', 'RateLimitError', 'attempt 2'],
      [CHAT, '200', 'attempt 3'],
    ],
  },
  retry500: {
    answer: received => (retries(received) < 1 ? { status: 500, headers: SOON } : STREAMED),
    spans: [
      [CHAT, '500', 'InternalServerError'],
      [CHAT, '200', 'attempt 2'],
    ],
  },
  retryReset: {
    answer: received => (retries(received) < 1 ? { fault: { kind: 'reset' } } : {}),
    spans: [
      [CHAT, 'APIConnectionError'],
      [CHAT, '200', 'attempt 2'],
    ],
  },
  gaveUp: {
    answer: { status: 503, headers: SOON },
    spans: [
      [CHAT, '503', 'InternalServerError'],
      [CHAT, '503', 'InternalServerError', 'attempt 2'],
    ],
  },
  rejected: { answer: { status: 401 }, spans: [[CHAT, '401', 'AuthenticationError']] },
  refused: { spans: [[CHAT, 'APIConnectionError']] },
  cutInBody: { answer: { fault: { kind: 'truncate' } }, spans: [[CHAT, '200', 'APIConnectionError']] },
  cutInStream: {
    answer: { ...STREAMED, fault: { kind: 'truncate', afterBytes: 700 } },
    spans: [[CHAT, '200', 'APIConnectionError']],
  },
}

/** A stream that breaks off with an error event, as the API sends one. */
function errorEvent(tapes: readonly Tape[]): Tape {
  const tape = tapes.find(({ name }) => name === STREAMED.tape)
  if (tape === undefined) throw new Error(`no tape ${STREAMED.tape}`)
  const error = { message: 'The server had an error', type: 'server_error', param: null, code: null }
  const events = [...(tape.response.events ?? []).slice(0, 3), { data: { error } }]
  return {
    name: 'error-event',
    source: 'written from the API description',
    request: tape.request,
    response: { ...tape.response, events },
  }
}

const tapes = loadTapes()
/** Version 7 wants Node 22. */
const NEWEST = Number(process.versions.node.split('.')[0]) >= 22 ? { 'openai 7 over fetch': 'openai7' } : {}

for (const [version, sdk] of Object.entries({
  ...NEWEST,
  'openai 6 over fetch': 'openai',
  'openai 4 over node:http': 'openai4',
})) {
  const test = suite<{ pair: Pair }>(version)

  test.before(async context => {
    context.pair = await runTwice('sdk.mjs', {
      env: { APP_SDK: sdk },
      tapes: [...tapes, errorEvent(tapes)],
      script: received => {
        const answer = SCENES[sceneOf(received)]?.answer
        return typeof answer === 'function' ? answer(received) : answer
      },
      spans: Object.values(SCENES).reduce((sum, { spans }) => sum + spans.length, 0),
    })
  })

  for (const [scene, { spans }] of Object.entries(SCENES)) {
    test(`${scene}: the app and its server see the same, each request has one span, and it ended as it did`, ({
      pair,
    }) => {
      assertEqualScene(pair, scene)
      assert.equal(spansOf(pair, scene).map(endingOf), spans)
    })
  }

  test('a stream that is left is closed at the server at once, and none is read to its end', ({ pair }) => {
    for (const scene of ['break', 'abort', 'throw', 'abortHead', 'timeout', 'streamHelperAborted']) {
      for (const run of [pair.plain, pair.observed]) {
        assert.match(run.scenes.get(scene)?.join('\n') ?? '', /connection closed","yes"/, scene)
      }
    }
  })

  test('the process as a whole says nothing more and ends the same', ({ pair }) => {
    assertEqualRuns(pair)
    assert.not.match(pair.observed.output, /unhandledRejection|uncaughtException/)
  })

  test.run()
}
