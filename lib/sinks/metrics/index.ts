import { AsyncLocalStorage } from 'node:async_hooks'
import type { Config } from '../../config'
import { counters, tally } from '../../counters'
import { guarded } from '../../guard'
import type { Call } from '../../openai/call'
import { sayEachMinute } from '../../say'
import type { Sink } from '../sink'
import { Cardinality } from './cardinality'
import { METRICS, PREFIX, TAGS } from './catalogue'
import type { StatsdClient } from './client'
import { type Destination, destinationOf, destinationText } from './destination'
import { tagName, tagValue } from './tag-value'

export { METRICS, TAGS } from './catalogue'

/** Our own counters are sent so often, as what was added since. */
const COUNTERS_EVERY_MS = 10_000

/** Room in a datagram for a metric's name, value, its own tags and the container's id. */
const ROOM_BESIDE_TAGS = 400

/** Lengths that tags are cut to, one after the other, until all of a metric's fit. */
const SHORTER: readonly number[] = [200, 120, 80, 50]

/** Loaded with the first metric: hot-shots takes 10 ms, and `register` shall be quick. */
const loadClient: () => typeof import('./client') = () => require('./client')

const NO_METRICS: Sink = { open: () => () => {}, flush: async () => {}, stop: async () => {} }

/** Sends a call's metrics to DogStatsD. The socket is made at the first one. */
export function createMetricsSink(config: Config): Sink {
  if (!config.metricsEnabled) return NO_METRICS
  const sender = new Sender(config)
  const end = guarded('metrics', (call: Call) => {
    if (config.metricsEnabled) sender.send(call)
  })
  return { open: () => end, flush: () => sender.flush(), stop: () => sender.stop() }
}

class Sender {
  readonly #config: Config
  readonly #cardinality = new Cardinality()
  readonly #userTags: readonly (readonly [key: string, name: string])[]
  readonly #counted = new Map<string, number>()
  /** The socket and its timers must not hold the context of the request that happened to be the first. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #client: StatsdClient | undefined
  #to: Destination | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(config: Config) {
    this.#config = config
    this.#userTags = userMetricTags(config.metricTags)
  }

  send(call: Call): void {
    if (this.#stopped) return
    const { statsd, mostBytes } = this.#connected()
    const shared = this.#sharedTags(call, mostBytes - ROOM_BESIDE_TAGS)
    for (const { name, type, tags: own = {}, value } of METRICS) {
      const measured = value(call)
      if (measured === undefined || !Number.isFinite(measured)) continue
      const tags = [...shared, ...tagTexts(Object.entries(own).map(([tag, read]) => [tag, read(call)]))]
      if (type === 'count') statsd.increment(PREFIX + name, measured, tags)
      else statsd[type](PREFIX + name, measured, tags)
    }
  }

  /** Hands what is pending to the kernel before it returns, so that it is sent at the end of a process too. */
  async flush(): Promise<void> {
    if (this.#stopped) return
    this.#sendCounters()
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
    clearInterval(this.#timer)
    const statsd = this.#client?.statsd
    this.#client = undefined
    if (statsd) await new Promise<void>(resolve => statsd.close(() => resolve()))
  }

  #connected(): StatsdClient {
    this.#client ??= this.#outside(() => {
      this.#timer = setInterval(() => this.#sendCounters(), COUNTERS_EVERY_MS).unref()
      return loadClient().createClient(this.#destination(), cause => this.#failed(cause))
    })
    return this.#client
  }

  #destination(): Destination {
    this.#to ??= destinationOf(this.#config)
    return this.#to
  }

  #failed({ message }: Error): void {
    tally('metrics.unsent')
    const why = message.replace(/^Error sending hot-shots message: Error: /, '')
    sayEachMinute('metrics', `metrics could not be sent to ${destinationText(this.#destination())}: ${why}`)
  }

  #sharedTags(call: Call, room: number): string[] {
    const known = TAGS.map(({ name, value }) => [name, value(call, this.#config)] as const)
    const chosen = this.#userTags.map(([key, name]) => [name, userTag(call, key)] as const)
    return fitting([...known, ...chosen], room, (name, value) => this.#cardinality.cap(name, value))
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
      if (added > 0) this.#connected().statsd.increment(`interceptor.${name.replace(/[^\w.]/g, '_')}`, added, tags)
    }
  }
}

type Pair = readonly [name: string, value: string | undefined]

/** Tags whose values are safe; cut shorter where together they are too long, at last without those of the end. */
function fitting(pairs: readonly Pair[], room: number, cap: (name: string, value: string) => string): string[] {
  for (const longest of SHORTER) {
    const tags = tagTexts(pairs, longest, cap)
    if (lineBytes(tags) <= room) return tags
  }
  const tags = tagTexts(pairs, SHORTER.at(-1), cap)
  while (lineBytes(tags) > room) tags.pop()
  return tags
}

function tagTexts(pairs: readonly Pair[], longest?: number, cap = (_: string, value: string) => value): string[] {
  const tags: string[] = []
  for (const [name, value] of pairs) {
    const safe = tagValue(name, value, longest)
    if (safe !== undefined) tags.push(`${name}:${cap(name, safe)}`)
  }
  return tags
}

function lineBytes(tags: readonly string[]): number {
  return tags.reduce((sum, tag) => sum + Buffer.byteLength(tag) + 1, 0)
}

/** What `withTags` said, or a `metadata.x` of the question or else of the answer. */
function userTag(call: Call, key: string): string | undefined {
  const told = call.tags[key]
  if (told !== undefined || !key.startsWith('metadata.')) return told
  const value = call.request.fields.get(key) ?? call.response.fields.get(key)
  return value === undefined ? undefined : String(value)
}

/** Keys of `withTags` that are asked for on metrics, by the name they have there; ours are not overwritten. */
function userMetricTags(keys: readonly string[]): [key: string, name: string][] {
  const taken = new Set(TAGS.map(({ name }) => name))
  return keys.flatMap(key => {
    const name = tagName(key)
    return name === undefined || taken.has(name) ? [] : [[key, name]]
  })
}
