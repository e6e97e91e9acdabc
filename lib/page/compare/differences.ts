import type { Call } from '../../openai/call'
import { count, dollars, duration } from '../../view/amounts'
import { costOf, parametersOf, summaryOf, tagsOf, usageOf, wordsOf } from '../facts'
import type { Pair } from '../pair'

/** A fact of two calls; an empty text where one has none. */
export interface Difference {
  readonly name: string
  readonly one: string
  readonly other: string
  /** Of an amount that both have: by how much it went up or down. */
  readonly change: string
}

export interface Section {
  readonly title: string
  /** Those that differ. */
  readonly facts: readonly Difference[]
}

interface Source {
  readonly title: string
  readonly pairs: (call: Call) => readonly Pair[]
  /** By the name of its pair. */
  readonly amounts?: (call: Call) => Readonly<Record<string, number | undefined>>
  readonly written?: (amount: number) => string
}

/** Apart, since names of parameters and of what was used are the same words. */
const SOURCES: readonly Source[] = [
  { title: 'Parameters', pairs: parametersOf },
  { title: 'Usage', pairs: usageOf, amounts: ({ usage = {} }) => inWords({ ...usage }), written: count },
  {
    title: 'Cost',
    pairs: costOf,
    amounts: ({ cost, costDetails }) => ({ ...inWords({ ...costDetails?.parts }), Cost: cost }),
    written: dollars,
  },
  {
    title: 'Call',
    pairs: summaryOf,
    amounts: ({ durationMs, processingMs, stream }) => ({
      Duration: durationMs,
      'First token': stream?.firstTokenMs,
      'Longest silence': stream?.longestGapMs,
      'Server time': processingMs,
    }),
    written: duration,
  },
  { title: 'Tags', pairs: tagsOf },
]

/** What of the facts of two calls differs; a section in which nothing does is left out. */
export function sectionsOf(one: Call, other: Call): readonly Section[] {
  return SOURCES.map(source => ({ title: source.title, facts: differences(source, one, other) })).filter(
    ({ facts }) => facts.length > 0,
  )
}

function differences({ pairs, amounts, written }: Source, one: Call, other: Call): readonly Difference[] {
  const [ofOne, ofOther] = [new Map(pairs(one)), new Map(pairs(other))]
  const [before, after] = [
    new Map(Object.entries(amounts?.(one) ?? {})),
    new Map(Object.entries(amounts?.(other) ?? {})),
  ]
  const names = new Set([...ofOne.keys(), ...ofOther.keys()])
  return [...names]
    .map(name => ({
      name,
      one: ofOne.get(name) ?? '',
      other: ofOther.get(name) ?? '',
      change: changeOf(before.get(name), after.get(name), written),
    }))
    .filter(fact => fact.one !== fact.other)
}

/** `+20 (+10 %)`. What is no number, as a saved file may have it, has not changed. */
export function changeOf(before: unknown, after: unknown, written: (amount: number) => string = count): string {
  if (!isNumber(before) || !isNumber(after) || before === after) return ''
  const sign = after > before ? '+' : '−'
  const percent = before > 0 ? ` (${sign}${Math.round((100 * Math.abs(after - before)) / before)} %)` : ''
  return `${sign}${written(Math.abs(after - before))}${percent}`
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function inWords(amounts: Readonly<Record<string, number | undefined>>): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [wordsOf(name), amount]))
}
