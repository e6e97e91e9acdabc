import { channel } from 'node:diagnostics_channel'
import { guarded } from '../guard'
import type { Undo } from '../transport/shadow'
import { member } from './member'

/** What dd-trace's http plugin begins each request with. Nobody publishes on it where the plugin is off. */
const START = channel('apm:http:client:request:start')

/**
 * `http.request` takes headers as a list, too. dd-trace's http plugin spreads them into an object when it adds its own,
 * and an array spreads into `0`, `1` …: the app's request goes out without its Authorization (5.132, 6.21). `register`
 * is what switches the plugin on, so the list is put back, with what was added behind it. Subscribers of a channel come
 * after the transforms of its stores, whenever the tracer is started. Where the channel is gone, nothing is done.
 */
export function keepListHeaders(): Undo {
  const restore = guarded('listHeaders', (message: unknown) => {
    const options = member(member(message, 'args'), 'options')
    const list = givenList(member(options, 'headers'))
    if (list !== undefined && typeof options === 'object' && options !== null) Reflect.set(options, 'headers', list)
  })
  START.subscribe(restore)
  return () => START.unsubscribe(restore)
}

/** Undefined for what was no list: no header's name is a whole number counted from 0. */
function givenList(headers: unknown): unknown[] | undefined {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || !('0' in headers)) return undefined
  const entries = Object.entries(headers)
  const given = entries.filter(([name], i) => name === String(i)).map(([, value]) => value)
  const added = entries.slice(given.length)
  // Pairs where the app gave pairs.
  return given.some(Array.isArray) ? [...given, ...added] : [...given, ...added.flat()]
}
