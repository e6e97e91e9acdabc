import { readFileSync } from 'node:fs'
import { field, isObject, type Json, str } from '../json'
import { isRate } from './amount'
import type { PriceList } from './list'
import { matches } from './match'

/** The list in a file that `interceptor prices --update` wrote. Throws an Error of one line where it is another file. */
export function readListFile(path: string): PriceList {
  return checkedList(parsed(readFileSync(path, 'utf8')))
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

/** The same list, of which every line can be used. Throws where one cannot: it would be found out at some call. */
export function checkedList(data: Json): PriceList {
  const [source, date] = [str(field(data, 'source')), str(field(data, 'date'))]
  const providers = field(data, 'providers')
  if (source === undefined || date === undefined || !isObject(providers) || !/^\d{4}-\d\d-\d\d$/.test(date))
    throw new Error('it is no price list; npx interceptor prices --update writes one')
  const texts = Object.entries(providers).map(([id, lines]) => [id, checkedLines(id, lines)] as const)
  return { source, date, providers: Object.fromEntries(texts) }
}

function checkedLines(id: string, lines: Json): string {
  try {
    const [head, ...rows] = (str(lines) ?? '').split('\n').map((line): Json => JSON.parse(line))
    new RegExp(`^(?:${needed(field(head, 'base'))})`)
    matches(str(field(head, 'name')) ?? '', '')
    for (const row of rows) checkRow(row)
    return String(lines)
  } catch {
    throw new Error(`the prices of ${JSON.stringify(id.slice(0, 40))} cannot be read`)
  }
}

function checkRow(row: Json): void {
  const [names, rates, ...whenever] = Array.isArray(row) ? row : []
  matches(needed(names), '')
  for (const each of [rates, ...whenever.map(pair => (Array.isArray(pair) ? pair[1] : undefined))])
    if (!isObject(each) || !isRate(each)) throw new Error('no rates')
}

function needed(value: Json | undefined): string {
  const text = str(value)
  if (text === undefined) throw new Error('no text')
  return text
}
