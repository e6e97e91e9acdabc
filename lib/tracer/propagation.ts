import type { Tracer } from 'dd-trace'
import type { Config } from '../config'
import { tally } from '../counters'
import { createHosts, type Hosts } from '../openai/recognise/hosts'
import { sayOnce } from '../say'
import type { Undo } from '../transport/shadow'
import { member } from './member'

type Blocks = (uri: string) => boolean

/** dd-trace's plugins that write `traceparent`, `tracestate` and `x-datadog-*`, and read `propagationBlocklist`. */
const PLUGINS: ReadonlySet<unknown> = new Set(['http', 'fetch', 'undici'])

/**
 * With `INTERCEPTOR_PROPAGATE=false`, dd-trace puts no ids of its traces into requests to the recognised hosts. Its own
 * `propagationBlocklist` does it (5.132, 6.21). `tracer.use` replaces all that a plugin was configured with, so what the
 * app has set is read from the private `_configsByName` and kept, and what the app sets later is completed. Where those
 * fields are gone nothing is changed, and it is said.
 */
export function stopPropagation(tracer: Tracer, config: Config): Undo {
  const manager = member(tracer, '_pluginManager')
  const original: unknown = tracer.use
  const init: unknown = tracer.init
  if (typeof member(manager, 'configurePlugin') !== 'function' || typeof original !== 'function') {
    sayOnce(
      'tracer.propagate',
      'INTERCEPTOR_PROPAGATE: this version of dd-trace cannot be told by host; DD_TRACE_PROPAGATION_STYLE_INJECT=none ' +
        'stops the headers for all hosts',
    )
    return () => {}
  }
  let isOn = true
  const isOurs = recogniser(config)
  const blocks: Blocks = uri => {
    try {
      return isOn && isOurs(uri)
    } catch {
      // The request goes out all the same, and with less in it.
      tally('swallowed.propagation')
      return true
    }
  }
  const use = function (this: unknown, ...args: unknown[]): unknown {
    const [name, given] = args
    const completed = PLUGINS.has(name) && isOn && given !== false ? [name, withBlock(given, blocks)] : args
    return Reflect.apply(original, this, completed)
  }
  const configureAll = (): void => {
    for (const name of PLUGINS) Reflect.apply(original, tracer, [name, withBlock(configured(manager, name), blocks)])
  }
  Object.defineProperty(tracer, 'use', { value: use, configurable: true, writable: true })
  // Before `init` nobody knows whether the app wants plugins at all.
  const isStarted = (): boolean => member(member(tracer, '_pluginManager'), '_tracerConfig') !== undefined
  if (isStarted()) configureAll()
  else if (typeof init === 'function') {
    const started = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(init, this, args)
      if (isOn && isStarted()) configureAll()
      return result
    }
    Object.defineProperty(tracer, 'init', { value: started, configurable: true, writable: true })
  }
  return () => {
    isOn = false
    if (Object.getOwnPropertyDescriptor(tracer, 'use')?.value === use) Reflect.deleteProperty(tracer, 'use')
  }
}

/** What the plugin is configured with, or what dd-trace would take without a word of anybody's. */
function configured(manager: unknown, name: unknown): unknown {
  const given = member(member(manager, '_configsByName'), String(name))
  return given ?? { enabled: member(member(manager, '_tracerConfig'), 'plugins') !== false }
}

/** The http plugin's `client` has the last word on its own fields. */
function withBlock(given: unknown, blocks: Blocks): unknown {
  const config: object = typeof given === 'object' && given !== null ? given : {}
  const client = member(config, 'client')
  const own = member(config, 'propagationBlocklist')
  const ofClient = member(client, 'propagationBlocklist') ?? own
  return {
    ...config,
    propagationBlocklist: joined(own, blocks),
    ...(typeof client === 'object' && client !== null
      ? { client: { ...client, propagationBlocklist: joined(ofClient, blocks) } }
      : {}),
  }
}

/** dd-trace takes one filter or a list of them. */
function joined(own: unknown, blocks: Blocks): unknown[] {
  const list: unknown[] = own === undefined ? [] : Array.isArray(own) ? own : [own]
  return list.includes(blocks) ? list : [...list, blocks]
}

/** Follows the hosts of the configuration, which a later `start()` may change. */
function recogniser(config: Config): (uri: string) => boolean {
  let of: readonly unknown[] = []
  let hosts: Hosts | undefined
  return uri => {
    const now = [config.hosts, config.openaiBaseUrl, config.azureEndpoint]
    // Bad entries have been said by who observes them.
    if (hosts === undefined || now.some((value, i) => value !== of[i])) hosts = createHosts(config, () => {})
    of = now
    const path = uri.indexOf('/', uri.indexOf('://') + 3)
    return hosts.find(uri, path < 0 ? '/' : uri.slice(path)) !== undefined
  }
}
