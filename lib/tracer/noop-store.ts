import { AsyncLocalStorage } from 'node:async_hooks'
import { member } from './member'

/** What dd-trace runs its own requests in, so that its plugins make no span of them. */
const NOOP = { noop: true }

type Storage = Pick<AsyncLocalStorage<unknown>, 'run' | 'getStore'>

let found: readonly Storage[] = []
/** The process's tracer when it was looked for: it may be loaded later than we are, and from another folder. */
let foundFor: unknown

/**
 * Is this code run by dd-trace for itself? Its posts of spans, telemetry, remote configuration, profiles, LLM
 * Observability and OTLP all go out with `{ noop: true }` in its private context (5.132 and 6.21). Where that is not to
 * be found, nothing is marked: its posts are known by their address and path alone.
 */
export function isTracersOwn(): boolean {
  return storages().some(storage => member(storage.getStore(), 'noop') === true)
}

/** Runs our own request as dd-trace runs its. Undefined where its context is not to be found. */
export function runAsTracersOwn(): (<T>(fn: () => T) => T) | undefined {
  const [storage] = storages()
  return storage === undefined ? undefined : fn => storage.run(NOOP, fn)
}

function storages(): readonly Storage[] {
  const tracer = member(globalThis, '_ddtrace')
  if (tracer !== foundFor) {
    foundFor = tracer
    found = loadedCores().flatMap(storageOf)
  }
  return found
}

/** Of every copy of dd-trace that is loaded. Loads none. */
function loadedCores(): string[] {
  return Object.keys(require.cache).filter(file => /[\\/]datadog-core[\\/]index\.js$/.test(file))
}

function storageOf(file: string): Storage[] {
  const core: unknown = require(file)
  const storage = member(core, 'storage')
  // One storage in early versions of 5, one by name since.
  const legacy: unknown = typeof storage === 'function' ? Reflect.apply(storage, core, ['legacy']) : storage
  return legacy instanceof AsyncLocalStorage ? [legacy] : []
}
