import { diffArrays, diffWordsWithSpace } from 'diff'
import type { Call } from '../../openai/call'
import { conversationOf, type Part, type Turn } from '../conversation'
import { costOf, parametersOf, summaryOf, usageOf } from '../facts'
import type { Pair } from '../pair'

/** A fact of two calls; an empty text where one has none. */
export interface Difference {
  readonly name: string
  readonly one: string
  readonly other: string
}

/** A piece of a text: in both, only in the first, only in the second. */
export interface Piece {
  readonly in: 'both' | 'one' | 'other'
  readonly text: string
}

/** A turn of the conversation in one or both of them. */
export interface TurnDifference {
  readonly role: string
  readonly answer: boolean
  readonly pieces: readonly Piece[]
}

export interface Comparison {
  readonly facts: readonly Difference[]
  readonly turns: readonly TurnDifference[]
}

/** Longer texts are shown as they are, one after the other: to compare them would hold the page. */
const LONGEST = 200_000
const MOST_MS = 500

/** What of two calls differs. */
export function comparisonOf(one: Call, other: Call): Comparison {
  return {
    facts: differences(
      [...parametersOf(one), ...usageOf(one), ...costOf(one), ...summaryOf(one)],
      [...parametersOf(other), ...usageOf(other), ...costOf(other), ...summaryOf(other)],
    ),
    turns: turnsOf(conversationOf(one), conversationOf(other)),
  }
}

function differences(one: readonly Pair[], other: readonly Pair[]): Difference[] {
  const [ofOne, ofOther] = [new Map(one), new Map(other)]
  const names = new Set([...ofOne.keys(), ...ofOther.keys()])
  return [...names]
    .map(name => ({ name, one: ofOne.get(name) ?? '', other: ofOther.get(name) ?? '' }))
    .filter(fact => fact.one !== fact.other)
}

interface Said {
  readonly role: string
  readonly answer: boolean
  readonly text: string
}

function turnsOf(one: readonly Turn[], other: readonly Turn[]): TurnDifference[] {
  const [left, right] = [one.map(said), other.map(said)]
  const changes = diffArrays(left, right, { comparator: (a, b) => a.role === b.role && a.text === b.text })
  const turns: TurnDifference[] = []
  let removed: readonly Said[] = []
  const only = (those: readonly Said[], where: Piece['in']): void => {
    for (const { role, answer, text } of those) turns.push({ role, answer, pieces: [{ in: where, text }] })
  }
  for (const change of changes) {
    if (change.removed) {
      only(removed, 'one')
      removed = change.value
    } else if (change.added) {
      const pairs = Math.min(removed.length, change.value.length)
      for (let i = 0; i < pairs; i += 1) turns.push(...changed(removed[i], change.value[i]))
      only(removed.slice(pairs), 'one')
      only(change.value.slice(pairs), 'other')
      removed = []
    } else {
      only(removed, 'one')
      removed = []
      only(change.value, 'both')
    }
  }
  only(removed, 'one')
  return turns
}

function changed(one: Said | undefined, other: Said | undefined): TurnDifference[] {
  if (one === undefined || other === undefined) return []
  if (one.role !== other.role) {
    return [
      { ...one, pieces: [{ in: 'one', text: one.text }] },
      { ...other, pieces: [{ in: 'other', text: other.text }] },
    ]
  }
  return [{ role: one.role, answer: one.answer, pieces: piecesOf(one.text, other.text) }]
}

function piecesOf(one: string, other: string): readonly Piece[] {
  const changes = one.length + other.length > LONGEST ? undefined : diffWordsWithSpace(one, other, { timeout: MOST_MS })
  if (changes === undefined) {
    return [
      { in: 'one', text: one },
      { in: 'other', text: other },
    ]
  }
  return changes.map(({ value, added, removed }) => ({ in: added ? 'other' : removed ? 'one' : 'both', text: value }))
}

function said({ role, answer, parts }: Turn): Said {
  return { role, answer, text: parts.map(textOf).join('\n') }
}

function textOf(part: Part): string {
  if (part.is === 'image') return part.source
  return 'name' in part ? `${part.name} ${part.text}` : part.text
}
