import { AsyncLocalStorage } from 'node:async_hooks'
import { guarded } from './guard'

/** What the app says of the calls it makes inside a function: across awaits, never across contexts. */
interface CallContext {
  readonly tags: Readonly<Record<string, string>>
  readonly suppressed: boolean
}

const NOTHING: CallContext = { tags: {}, suppressed: false }
const storage = new AsyncLocalStorage<CallContext>()

export function callContext(): CallContext {
  return storage.getStore() ?? NOTHING
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
