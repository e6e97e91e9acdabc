import { AsyncLocalStorage } from 'node:async_hooks'
import { guarded } from './guard'

/** What the app says of the calls it makes inside a function: across awaits, never across contexts. */
interface CallContext {
  readonly tags: Readonly<Record<string, string>>
  readonly suppressed: boolean
}

const NO_CONTEXT: CallContext = { tags: {}, suppressed: false }

/**
 * One context for the process, however many copies of this package there are, bundled ones too. Its name carries the
 * version of `CallContext`: a copy with another shape has a context of its own.
 */
const CONTEXT = Symbol.for('interceptor.context.1')
const shared = globalThis as { [CONTEXT]?: AsyncLocalStorage<CallContext> }
const storage = sharedStorage()

function sharedStorage(): AsyncLocalStorage<CallContext> {
  const found = shared[CONTEXT]
  if (found !== undefined) return found
  const made = new AsyncLocalStorage<CallContext>()
  // Not enumerable: the app may list its globals.
  Object.defineProperty(shared, CONTEXT, { value: made })
  return made
}

export function callContext(): CallContext {
  return storage.getStore() ?? NO_CONTEXT
}

/**
 * Puts tags on every OpenAI call made inside `fn`, across awaits. Inner tags win over outer ones of the same name.
 * Values are made strings; null and undefined give no tag.
 */
export function withTags<T>(tags: Record<string, string | number | boolean | null | undefined>, fn: () => T): T {
  const outer = callContext()
  const merged: Record<string, string> = { ...outer.tags }
  merge(merged, tags)
  return storage.run({ tags: merged, suppressed: outer.suppressed }, fn)
}

/** What has no text, in code that is not type-checked, is left out: a tag must not cost the app its call. */
const merge = guarded('tags', (into: Record<string, string>, tags: object) => {
  for (const [key, value] of Object.entries(tags)) {
    if (value !== null && value !== undefined) into[key] = String(value)
  }
})

/** Calls made inside `fn`, across awaits, are not observed. */
export function suppress<T>(fn: () => T): T {
  return storage.run({ tags: callContext().tags, suppressed: true }, fn)
}
