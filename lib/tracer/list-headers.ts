import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { guarded } from '../guard'
import type { Undo } from '../transport/shadow'
import { member } from './member'

/** What dd-trace's http plugin begins each request with. Nobody publishes on it where the plugin is off. */
const START = channel('apm:http:client:request:start')

/**
 * `http.request` takes headers as a list, too. dd-trace's http plugin spreads them into an object when it adds its own,
 * and an array spreads into `0`, `1` …: the app's request goes out without its Authorization (5.132, 6.21). `register`
 * is what switches the plugin on, so the list is made an object first. The transforms of a channel's stores run last
 * bound first, so this one comes before the plugin's. Without the channel nothing is done, and nothing is needed.
 */
export function keepListHeaders(): Undo {
  // The plugin binds its store when the module is first required after the tracer's start: before ours, then.
  require('node:http')
  const store = new AsyncLocalStorage<unknown>()
  const convert = guarded('listHeaders', (message: unknown) => {
    const options = member(member(message, 'args'), 'options')
    const headers = member(options, 'headers')
    if (Array.isArray(headers) && typeof options === 'object' && options !== null) {
      Reflect.set(options, 'headers', objectOf(headers))
    }
  })
  START.bindStore(store, message => {
    convert(message)
    return undefined
  })
  return () => START.unbindStore(store)
}

/** Of `[name, value, name, value …]` or `[[name, value] …]`: a name that is repeated has the list of its values. */
function objectOf(list: readonly unknown[]): Record<string, unknown> {
  const pairs = list.some(Array.isArray) ? list : list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]]] : []))
  const headers = new Map<string, { name: string; values: unknown[] }>()
  for (const pair of pairs) {
    const [name, value] = Array.isArray(pair) ? pair : []
    const known = headers.get(String(name).toLowerCase()) ?? { name: String(name), values: [] }
    known.values.push(...(Array.isArray(value) ? value : [value]))
    headers.set(known.name.toLowerCase(), known)
  }
  return Object.fromEntries(
    Array.from(headers.values(), ({ name, values }) => [name, values.length === 1 ? values[0] : values]),
  )
}
