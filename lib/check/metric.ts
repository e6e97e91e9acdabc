import type { Config } from '../config'
import { createClient } from '../sinks/metrics/client'
import { type Destination, destinationOf, destinationText } from '../sinks/metrics/destination'
import { udpRefusal } from '../sinks/metrics/udp-refusal'
import { refusal, type Trial, type TrialOutcome, within } from './trial'

export const METRIC = 'interceptor.check'

const METRIC_TIMEOUT_MS = 3_000

/** Sends a count through the real client. A Unix socket tells whether it was taken; UDP at most that it was not. */
export async function tryMetric(config: Config): Promise<Trial> {
  const to = destinationOf(config)
  const trial = { name: 'metric', where: destinationText(to) } as const
  if (!config.metricsEnabled) {
    const because = 'DD_OPENAI_METRICS_ENABLED is false'
    return { ...trial, result: 'off', because, remedy: 'unset it to have metrics' }
  }
  const failure = (await send(to)) ?? (to.kind === 'udp' ? await udpRefusal(to.host, to.port, true) : undefined)
  if (failure !== undefined) return { ...trial, ...explained(failure) }
  if (to.kind === 'unix') return { ...trial, result: 'accepted', because: 'the socket took it' }
  if (to.kind === 'proxy') return { ...trial, result: 'accepted', because: 'the agent took it' }
  const because = 'sent, and not refused; UDP has no answers'
  return { ...trial, result: 'cannot be confirmed', because, remedy: `look for ${METRIC} in the Metrics Explorer` }
}

/** The message of what went wrong, if anything did. */
async function send(to: Destination): Promise<string | undefined> {
  const sent = new Promise<{ failure?: string }>(resolve => {
    const { statsd } = createClient(to, cause => resolve({ failure: cause.message }))
    statsd.increment(METRIC)
    statsd.flush(() => statsd.close(() => resolve({})))
  })
  const { failure } = (await within(METRIC_TIMEOUT_MS, sent)) ?? { failure: 'it could not be sent within 3 seconds' }
  return failure
}

const START = 'start the Datadog Agent, or set DD_DOGSTATSD_URL or DD_AGENT_HOST to where it is'

/** By what the error's message contains: the clients give no codes. */
const METRIC_FAILURES: readonly (readonly [code: string, judgement: TrialOutcome])[] = [
  ['ECONNREFUSED', refusal('nothing listens there', START)],
  ['ENOENT', refusal('there is no such socket', START)],
  ['ENOTFOUND', refusal('there is no such host', 'set DD_AGENT_HOST to where the Datadog Agent is')],
  ['EACCES', refusal('this user may not write to it', 'let the user write to the agent’s socket')],
]

function explained(failure: string): TrialOutcome {
  return METRIC_FAILURES.find(([code]) => failure.includes(code))?.[1] ?? refusal(failure, START)
}
