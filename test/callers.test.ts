import tracer from 'dd-trace'
import { Agent, type Dispatcher, Pool, RetryAgent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { Agent as Agent6, fetch as fetch6, request as request6, setGlobalDispatcher as setGlobal6 } from 'undici6'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { suppress, withTags } from '../lib'
import { startWorld, type World } from './world'

/** More calls than connections, so that most of them wait in a queue. */
const CALLS = 8
const LIMIT = { connections: 2 }

const NODE = Number(process.versions.node.split('.')[0])

const BODY = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })
const PATH = '/v1/chat/completions'

type Ask = (origin: string) => Promise<unknown>
type Fetch = (url: string, options: object) => Promise<{ text(): Promise<string> }>
type Request = (url: string, options: object) => Promise<{ body: { text(): Promise<string> } }>

const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY }
const byFetch =
  (fetch: unknown, dispatcher: object): Ask =>
  async origin =>
    (await (fetch as Fetch)(origin + PATH, { ...init, dispatcher })).text()
const byRequest =
  (request: unknown, dispatcher: object): Ask =>
  async origin =>
    (await (request as Request)(origin + PATH, { ...init, dispatcher })).body.text()

/** Made anew for each test: the queue must be filled by its own calls. */
const CLIENTS: Record<string, (origin: string) => Ask> = {
  // Node 26's fetch, whose undici is 8, takes no dispatcher of 6.
  ...(NODE >= 26 ? {} : { 'the global fetch with a dispatcher of its own': () => byFetch(fetch, new Agent6(LIMIT)) }),
  'undici 7 fetch': () => byFetch(undiciFetch, new Agent(LIMIT)),
  'undici 7 request': () => byRequest(undiciRequest, new Agent(LIMIT)),
  'undici 7 fetch through a Pool': origin => byFetch(undiciFetch, new Pool(origin, LIMIT)),
  'undici 7 fetch through a RetryAgent': () => byFetch(undiciFetch, new RetryAgent(new Agent(LIMIT))),
  'undici 6 fetch': () => byFetch(fetch6, new Agent6(LIMIT)),
  'undici 6 request': () => byRequest(request6, new Agent6(LIMIT)),
  'the global fetch after setGlobalDispatcher': () => {
    setGlobal6(new Agent6(LIMIT))
    return byFetch(fetch, undefined as unknown as Dispatcher)
  },
}

const test = suite<{ world: World }>('calls that wait for a connection')

test.before(async context => {
  context.world = await startWorld()
})
test.after(({ world }) => world.stop())

for (const [client, connect] of Object.entries(CLIENTS)) {
  test(`${client} › each has its own caller's tags and parent`, async ({ world }) => {
    const ask = connect(world.openai.origin)
    const parents = new Map<string, string>()
    const spans = await world.spansOf(CALLS, () =>
      Promise.all(
        Array.from({ length: CALLS }, (_, i) =>
          tracer.trace('job', span => {
            parents.set(`customer-${i}`, span?.context().toTraceId() ?? '')
            return withTags({ customer: `customer-${i}` }, () => ask(world.openai.origin))
          }),
        ),
      ),
    )
    for (const span of spans) assert.is(span.traceId, parents.get(span.meta.customer ?? ''), span.meta.customer)
    assert.is(new Set(spans.map(span => span.meta.customer)).size, CALLS)
  })

  test(`${client} › suppressing one hides no other`, async ({ world }) => {
    const ask = connect(world.openai.origin)
    const spans = await world.spansOf(CALLS / 2, () =>
      Promise.all(
        Array.from({ length: CALLS }, (_, i) =>
          i % 2 === 0
            ? suppress(() => ask(world.openai.origin))
            : withTags({ customer: `customer-${i}` }, () => ask(world.openai.origin)),
        ),
      ),
    )
    assert.equal(spans.map(span => span.meta.customer).sort(), ['customer-1', 'customer-3', 'customer-5', 'customer-7'])
  })
}

test.run()
