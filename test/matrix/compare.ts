import type { Span } from '../../lib/local/receiver/spans'

/** Tags that tell when or by whose hands, or are made at random, and not what. */
const OWN = /_ms$|^_|^runtime-id$|^language$|^process_id$|^component$|^openai\.request\.attempt$|^openai\.turn\.id$/

/** Fetch names itself where the client did not. */
const NAMED = 'openai.request.client'

/** What two spans of the same bytes tell differently. */
export function differences(span: Span, reference: Span, isNamed: boolean): string[] {
  const one = { ...span.meta, ...span.metrics, resource: span.resource, error: span.error }
  const other = { ...reference.meta, ...reference.metrics, resource: reference.resource, error: reference.error }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names]
    .filter(name => isNamed || name !== NAMED)
    .filter(name => !OWN.test(name) && Reflect.get(one, name) !== Reflect.get(other, name))
    .map(name => `${name} is ${Reflect.get(one, name)} instead of ${Reflect.get(other, name)}`)
}
