import type { Api } from '../call'
import type { PriceList } from './list'
import { listInUse } from './list-in-use'
import { matches } from './match'
import type { Rates } from './rates'

/** Names of a model as patterns, its rates, and other rates with when they hold: see `lib/prices/condense.ts`. */
type Row = readonly [names: string, rates: Rates, ...whenever: (readonly [when: string, rates: Rates])[]]

interface Head {
  readonly base: string
  readonly name?: string
  readonly else?: readonly string[]
}

interface Table {
  readonly head: Head
  readonly rows: readonly Row[]
}

const tablesOf = new WeakMap<PriceList, Map<string, Table>>()

/** Rates of a provider's model at a time (epoch milliseconds): some prices are dated or follow the time of day. */
export function builtInRates(provider: string, model: string, at: number): Rates | undefined {
  const row = rowOf(provider, model)
  return row && ratesAt(row, at)
}

/** The row that a model is priced by, found once for a name: of a provider with 700 models it takes 20 µs. */
export function rowOf(provider: string, model: string): Row | undefined {
  const name = model.toLowerCase().trim()
  const found = rowNamed(provider, name)
  if (found !== undefined) return found
  const dashed = withDashes(name)
  return dashed === name ? undefined : rowNamed(provider, dashed)
}

function rowNamed(provider: string, name: string): Row | undefined {
  const table = tableOf(provider)
  if (table === undefined) return undefined
  return (
    table.rows.find(([names]) => matches(names, name)) ??
    table.head.else?.map(other => tableOf(other)?.rows.find(([names]) => matches(names, name))).find(row => row)
  )
}

/** `gpt-4o-20240806` is `gpt-4o-2024-08-06`. */
function withDashes(name: string): string {
  return name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3')
}

/** The last that holds goes first; if none does, what was before all. */
export function ratesAt([, rates, ...whenever]: Row, at: number): Rates {
  return whenever.findLast(([when]) => holds(when, at))?.[1] ?? rates
}

function holds(when: string, at: number): boolean {
  const now = new Date(at).toISOString()
  const [start = '', end = ''] = when.split('-').length === 2 ? when.split('-') : []
  if (start === '') return now.slice(0, 10) >= when
  const time = now.slice(11, 16)
  return end < start ? time >= start || time < end : time >= start && time < end
}

function tableOf(provider: string): Table | undefined {
  const list = listInUse()
  const tables = tablesOf.get(list) ?? new Map<string, Table>()
  tablesOf.set(list, tables)
  const known = tables.get(provider)
  if (known !== undefined) return known
  const { providers } = list
  const text = Object.hasOwn(providers, provider) ? providers[provider] : undefined
  if (text === undefined) return undefined
  const [head, ...rows] = text.split('\n')
  const table: Table = { head: JSON.parse(head ?? ''), rows: rows.map(row => JSON.parse(row)) }
  tables.set(provider, table)
  return table
}

const OPENAI_HOST = /(^|\.)api\.openai\.com$/i

/** The price list's id of whose host it is; undefined for a gateway or a server that it does not know. */
export function providerOf(api: Api, host: string): string | undefined {
  if (api.type === 'azure') return 'azure'
  if (OPENAI_HOST.test(host)) return 'openai'
  return (api.provider === undefined ? undefined : named(api.provider)) ?? at(api.base)
}

export function named(provider: string): string | undefined {
  const { providers } = listInUse()
  if (Object.hasOwn(providers, provider)) return provider
  return Object.keys(providers).find(id => {
    const { name } = headOf(id)
    return name !== undefined && matches(name, provider)
  })
}

function at(base: string): string | undefined {
  return Object.keys(listInUse().providers).find(id => new RegExp(`^(?:${headOf(id).base})`).test(base))
}

function headOf(id: string): Head {
  const text = listInUse().providers[id] ?? ''
  return JSON.parse(text.slice(0, text.indexOf('\n')))
}
