import { createSocket } from 'node:dgram'
import type { Config } from '../config'
import { createClient } from '../sinks/metrics/client'
import { type Destination, destinationOf, destinationText } from '../sinks/metrics/destination'
import { refusal, type Trial, type TrialOutcome, within } from './trial'

export const METRIC = 'interceptor.check'

const METRIC_TIMEOUT_MS = 3_000
/** A machine that has no such port says so at once, if it says so at all. */
const REFUSAL_MS = 300

/** Sends a count through the real client. A Unix socket tells whether it was taken; UDP at most that it was not. */
export async function tryMetric(config: Config): Promise<Trial> {
  const to = destinationOf(config)
  const trial = { name: 'metric', where: destinationText(to) } as const
  if (!config.metricsEnabled) {
    const because = 'DD_OPENAI_METRICS_ENABLED is false'
    return { ...trial, result: 'off', because, remedy: 'unset it to have metrics' }
  }
  const failure = (await send(to)) ?? (to.kind === 'udp' ? await refusedBy(to.host, to.port) : undefined)
  if (failure !== undefined) return { ...trial, ...explained(failure) }
  if (to.kind === 'unix') return { ...trial, result: 'accepted', because: 'the socket took it' }
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

/** Where nobody listens, the machine says so to a connected socket. Asked with an empty datagram, which means nothing. */
function refusedBy(host: string, port: number): Promise<string | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const refused = new Promise<string>(resolve => {
    socket.on('error', cause => resolve(cause.message))
    socket.on('connect', () => socket.send(''))
    socket.connect(port, host)
  })
  return within(REFUSAL_MS, refused).finally(() => socket.close())
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
