import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ground, prepareGround, ROOT, type Run } from './app'

/** The end of a process, and of us in it: nothing is lost that there was time for, and nothing is waited for too long. */

const test = suite<{ ground: Ground }>('the end')

test.before(async context => {
  context.ground = await prepareGround()
})
test.after(({ ground }) => ground.close())

const REQUIRE = ['--require', 'interceptor/register']
const SDK = `const { start } = require(${JSON.stringify(ROOT)})
const handle = start()
const call = () => fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())`

let services = 0

/** Runs an app under a service name of its own, and gives its metrics, too: how many values each had. */
async function run(ground: Ground, source: string, options: Run = {}) {
  const service = `app-${++services}`
  const outcome = await ground.run(ground.write(`${service}.cjs`, `${SDK}\n${source}`), {
    flags: REQUIRE,
    ...options,
    env: { DD_SERVICE: service, ...options.env },
  })
  const count = (name: string): number =>
    ground.datadog.dogstatsd
      .metrics()
      .filter(metric => metric.name === name && metric.tags.includes(`service:${service}`))
      .flatMap(({ values }) => values).length
  return { ...outcome, count }
}

/** What waits for UDP, which arrives when it likes, but arrives: all of it is on this machine. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds() && turn < 200; turn++) await new Promise(resolve => setTimeout(resolve, 10))
}

const DURATION = 'openai.request.duration'
const UNREAD = 'interceptor.calls.unread'

test('flush(0) and a natural end lose no span and no metric', async ({ ground }) => {
  const { code, spans, count, stderr } = await run(ground, 'call().then(() => handle.flush(0))')
  await eventually(() => count(DURATION) > 0)
  assert.equal([code, spans.length, count(DURATION), stderr], [0, 1, 1, ''])
})

test('flush(50) with an agent that hangs, and a natural end, lose no metric', async ({ ground }) => {
  ground.datadog.agent.trouble({ hanging: true })
  const { code, count } = await run(ground, 'call().then(() => handle.flush(50)).then(call)')
  ground.datadog.agent.trouble()
  await eventually(() => count(DURATION) > 1)
  assert.equal([code, count(DURATION)], [0, 2])
})

test('stop() without any time sends every call as it is, counts and says it', async ({ ground }) => {
  const { code, spans, count, stderr } = await run(ground, 'Promise.all([call(), call()]).then(() => handle.stop())', {
    env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '0' },
  })
  await eventually(() => count(DURATION) > 1)
  assert.equal([code, spans.length, count(DURATION), count(UNREAD)], [0, 2, 2, 1])
  assert.match(stderr, /^interceptor: it is stopped, and (?:1 call|2 calls) could not be read within 0 ms: .*\n$/)
})

test('a natural end without any time does, too', async ({ ground }) => {
  const { code, spans, count } = await run(ground, 'call()', { env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '0' } })
  await eventually(() => count(DURATION) > 0)
  assert.equal([code, spans.length, count(DURATION)], [0, 1, 1])
})

test('what ended before process.exit() and was read by then has its metrics', async ({ ground }) => {
  const { code, count } = await run(ground, 'call(); setTimeout(() => process.exit(5), 400)')
  await eventually(() => count(DURATION) > 0)
  assert.equal([code, count(DURATION)], [5, 1])
})

test('a call that the app makes in its own beforeExit handler is seen, and does not hold the process', async ({
  ground,
}) => {
  const { code, calls, count } = await run(ground, `call(); process.once('beforeExit', () => call())`)
  await eventually(() => count(DURATION) > 1)
  assert.equal([code, calls, count(DURATION)], [0, 2, 2])
})

test('calls that lead to calls after the end come to an end', async ({ ground }) => {
  // Another tool that posts what it has been given when the process ends, unmarked, to a host of ours.
  const source = `
    const tracer = require(${JSON.stringify(require.resolve('dd-trace'))})
    const exporter = tracer._tracer._exporter
    const original = exporter.export
    let waiting = 0
    exporter.export = function (spans) {
      waiting += spans.filter(span => span.name === 'openai.request').length
      return original.call(this, spans)
    }
    process.on('beforeExit', () => {
      if (waiting > 0) fetch(process.env.OPENAI_BASE_URL + '/unmarked').catch(() => {})
      waiting = 0
    })
    call()`
  const { code, signal, calls, stderr } = await run(ground, source, { env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '2000' } })
  assert.equal([code, signal], [0, null], `${calls} calls; ${stderr}`)
  assert.ok(calls > 2 && calls < 60, `${calls} calls`)
})

test('with an agent that hangs, our part of the end is bounded', async ({ ground }) => {
  ground.datadog.agent.trouble({ hanging: true })
  const source = `const begin = performance.now()
    call().then(() => handle.stop()).then(() => console.log(performance.now() - begin < 2_000))`
  const { code, stdout } = await run(ground, source, { env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '100' } })
  ground.datadog.agent.trouble()
  assert.equal([code, stdout], [0, 'true\n'])
})

test('with an agent that hangs, a natural end takes the time of dd-trace, however long ours may be', async ({
  ground,
}) => {
  ground.datadog.agent.trouble({ hanging: true })
  const source = `let begin
    process.once('beforeExit', () => { begin = performance.now() })
    process.on('exit', () => console.log(performance.now() - begin))
    call()`
  const { code, stdout } = await run(ground, source, { env: { INTERCEPTOR_EXIT_TIMEOUT_MS: '60000' } })
  ground.datadog.agent.trouble()
  assert.is(code, 0)
  // dd-trace gives up after 4 s (5.132).
  assert.ok(Number(stdout) < 20_000, `${stdout.trim()} ms`)
})

test("an app's timer that holds nothing does not put off the end while we send", async ({ ground }) => {
  const source = `setInterval(() => {}, 1).unref()
    process.on('exit', () => console.log('ended'))
    call()`
  const { code, stdout, spans } = await run(ground, source)
  assert.equal([code, stdout, spans.length], [0, 'ended\n', 1])
})

for (const within of ['Infinity', '1e99', 'NaN', '"50"', 'null', '-1']) {
  test(`flush(${within}) sends, and no timer warns`, async ({ ground }) => {
    const env = { DD_OPENAI_LOGS_ENABLED: 'true', DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1' }
    const { code, stderr, spans } = await run(ground, `call().then(() => handle.flush(${within}))`, { env })
    assert.equal([code, stderr, spans.length], [0, '', 1])
  })
}

test('a handle goes on answering after its stop, and start() after it gives another', async ({ ground }) => {
  const source = `async function main() {
      await handle.stop()
      await handle.flush()
      const next = start()
      await handle.stop()
      console.log(next !== handle, start() === next, typeof handle.counters())
      await call()
    }
    main()`
  const { code, stdout, spans } = await run(ground, source)
  assert.equal([code, stdout, spans.length], [0, 'true true object\n', 1])
})

test.run()
