import { AsyncLocalStorage } from 'node:async_hooks'
import type { Config } from '../../config'
import { counters, tally } from '../../counters'
import { guarded } from '../../guard'
import type { Call } from '../../openai/call'
import { sayEachMinute } from '../../say'
import { Reach } from '../reach'
import type { Sink } from '../sink'
import type { StatsdClient } from './client'
import { type Destination, destinationOf, destinationText, LARGEST_DATAGRAM } from './destination'
import { Gathered } from './gathered'
import { TagSets, tagTexts } from './tag-sets'
import { udpRefusal } from './udp-refusal'

export { METRICS, TAGS } from './catalogue'

/** Our own counters are sent so often, as what was added since. */
const COUNTERS_EVERY_MS = 10_000

/**
 * How long values wait for others to share their line and datagram, in milliseconds. A process that crashes loses what
 * it has gathered since; one that ends in any other way sends it.
 */
const SEND_EVERY_MS = 1_000

/**
 * Loaded when the first lines are sent: hot-shots and its socket take 20 ms, `register` shall be quick, and the turn in
 * which the first call is read has enough to do.
 */
const loadClient: () => typeof import('./client') = () => require('./client')

const NO_METRICS: Sink = { open: () => () => {}, flush: async () => {}, stop: async () => {} }

/** Runs a request of ours so that it is not taken for one of the app's. */
type Unobserved = <T>(fn: () => T) => T

/** Sends a call's metrics to DogStatsD. The socket is made at the first one. */
export function createMetricsSink(config: Config, unobserved: Unobserved = fn => fn()): Sink {
  if (!config.metricsEnabled) return NO_METRICS
  const sender = new Sender(config, unobserved)
  const end = guarded('metrics', (call: Call) => {
    if (config.metricsEnabled) sender.send(call)
  })
  return { open: () => end, flush: () => sender.flush(), stop: () => sender.stop() }
}

class Sender {
  readonly #config: Config
  readonly #unobserved: Unobserved
  readonly #gathered: Gathered
  readonly #counted = new Map<string, number>()
  /** The socket and its timers must not hold the context of the request that happened to be the first. */
  readonly #outside = AsyncLocalStorage.snapshot()
  /** Gives the client what was gathered. */
  readonly #handOver = guarded('metrics.hand_over', () => {
    clearTimeout(this.#sending)
    this.#sending = undefined
    this.#gathered.take(this.#line)
  })
  readonly #sendNow = guarded('metrics.send', () => {
    this.#handOver()
    this.#client?.statsd.flush()
  })
  readonly #line = (text: string): void => this.#connected().line(text)
  readonly #reach = new Reach()
  #client: StatsdClient | undefined
  #to: Destination | undefined
  #counters: NodeJS.Timeout | undefined
  #sending: NodeJS.Timeout | undefined
  #stopped = false

  constructor(config: Config, unobserved: Unobserved) {
    this.#config = config
    this.#unobserved = unobserved
    this.#gathered = new Gathered(new TagSets(config))
  }

  send(call: Call): void {
    if (this.#stopped) return
    this.#gathered.add(call, LARGEST_DATAGRAM[this.#destination().kind], this.#line)
    tally('calls.delivered.metrics')
    this.#sendSoon()
  }

  #sendSoon(): void {
    this.#sending ??= this.#outside(() => setTimeout(this.#sendNow, SEND_EVERY_MS).unref())
  }

  /** Hands what is pending to the kernel before it returns, so that it is sent at the end of a process too. */
  async flush(): Promise<void> {
    if (this.#stopped) return
    this.#sendCounters()
    this.#handOver()
    const statsd = this.#client?.statsd
    if (statsd === undefined) return
    await new Promise<void>(resolve => {
      statsd.flush(cause => {
        if (cause) this.#failed(cause)
        resolve()
      })
    })
  }

  async stop(): Promise<void> {
    await this.flush()
    this.#stopped = true
    clearInterval(this.#counters)
    const statsd = this.#client?.statsd
    this.#client = undefined
    if (statsd) await new Promise<void>(resolve => statsd.close(() => resolve()))
  }

  #connected(): StatsdClient {
    this.#client ??= this.#outside(() =>
      loadClient().createClient(this.#destination(), cause => this.#failed(cause), this.#unobserved),
    )
    this.#counters ??= this.#outside(() => setInterval(() => this.#eachInterval(), COUNTERS_EVERY_MS).unref())
    return this.#client
  }

  #destination(): Destination {
    this.#to ??= destinationOf(this.#config)
    return this.#to
  }

  #eachInterval(): void {
    this.#sendCounters()
    const to = this.#destination()
    if (to.kind === 'udp') void udpRefusal(to.host, to.port, false).then(refusal => this.#heard(refusal))
  }

  /** UDP into nothing fails nowhere: it is asked for. */
  #heard(refusal: string | undefined): void {
    if (refusal === undefined) {
      this.#reach.reached()
      return
    }
    tally('metrics.refused')
    this.#reach.missed(
      () =>
        `for a minute no metrics have reached ${destinationText(this.#destination())} (${refusal}); start the Datadog ` +
        'Agent there, or say where it is: DD_AGENT_HOST or DD_DOGSTATSD_URL. DD_OPENAI_METRICS_ENABLED=false sends none',
    )
  }

  #failed({ message }: Error): void {
    tally('metrics.unsent')
    const why = message.replace(/^Error sending hot-shots message: Error: /, '')
    sayEachMinute('metrics', `metrics could not be sent to ${destinationText(this.#destination())}: ${why}`)
  }

  #sendCounters(): void {
    const { version, env, openaiService, service } = this.#config
    const tags = tagTexts([
      ['version', version],
      ['env', env],
      ['service', openaiService ?? service],
    ])
    for (const [name, count] of Object.entries(counters())) {
      const added = count - (this.#counted.get(name) ?? 0)
      this.#counted.set(name, count)
      if (added <= 0) continue
      this.#connected().statsd.increment(`interceptor.${name.replace(/[^\w.]/g, '_')}`, added, tags)
      this.#sendSoon()
    }
  }
}
