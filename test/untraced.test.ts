import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { startDatadog } from '../lib/local/receiver/datadog'
import { createLogWriter } from '../lib/sinks/intake/logs'
import { findTracer } from '../lib/tracer/tracer'
import { untraced } from '../lib/tracer/untraced'

const untracedIntake = suite('intake, beside a tracer')

untracedIntake('leaves no span of its own requests in the app’s traces', async () => {
  const datadog = await startDatadog()
  Object.assign(process.env, datadog.env, { DD_TRACE_AGENT_URL: datadog.agent.url })
  const tracer = findTracer(readConfig())
  if (tracer === undefined) throw new Error('no tracer')
  const intake = createLogWriter({
    site: 'datadoghq.com',
    apiKey: 'the-key',
    logsUrl: datadog.intake.url,
    spoolDir: undefined,
    env: {},
    unobserved: untraced(tracer),
  })
  for (const step of ['before', 'after']) {
    intake.write({ n: 1 })
    await intake.flush(5_000)
    await tracer.trace(`${step} the request`, async () => {})
  }
  await datadog.agent.waitFor(spans => spans.some(({ name }) => name === 'after the request'))
  assert.is(datadog.intake.entries().length, 2)
  // The stand-ins are in this process: their own spans are the server’s.
  const names = datadog.agent.spans().map(({ name }) => name)
  assert.equal(
    names.filter(name => name !== 'web.request'),
    ['before the request', 'after the request'],
  )
  await intake.stop(0)
  await datadog.close()
})

untracedIntake.run()
