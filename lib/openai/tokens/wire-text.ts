import type { Json, JsonObject } from '../json'

/** Deeper ones are not what a model is asked for. */
const DEEPEST = 50

/**
 * A response schema or a tool's definition as the model is shown it: JSON, as it was sent, without what only the server's
 * check reads. The exact form is not published; of recorded exchanges with a schema the count is one token in 50 too high.
 */
export function wireText(value: Json | undefined): string {
  return JSON.stringify(shown(value, 0)) ?? ''
}

function shown(value: Json | undefined, depth: number): Json | undefined {
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return null
  if (Array.isArray(value)) return value.map(item => shown(item, depth + 1) ?? null)
  const copy: JsonObject = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    const kept = name === 'additionalProperties' && member === false ? undefined : shown(member, depth + 1)
    if (kept !== undefined) copy[name] = kept
  }
  return copy
}
