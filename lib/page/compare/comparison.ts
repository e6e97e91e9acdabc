import { type ChangeObject, diffArrays, diffWordsWithSpace } from 'diff'
import type { Call } from '../../openai/call'
import { conversationOf, type Part, type Turn } from '../conversation'
import { toolsOf } from '../tools'
import { type Section, sectionsOf } from './differences'

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
  readonly sections: readonly Section[]
  readonly turns: readonly TurnDifference[]
}

/** For one comparison, however many turns have changed: longer texts are shown one after the other, as they are. */
const MOST_CHARACTERS = 200_000
const MOST_MS = 500

/** What may still be compared word by word without holding the page. */
class Allowance {
  #characters = MOST_CHARACTERS
  readonly #ends = performance.now() + MOST_MS

  /** Milliseconds for texts of so many characters; none where it is used up. */
  take(characters: number): number {
    const ms = this.#ends - performance.now()
    if (characters > this.#characters || ms <= 0) return 0
    this.#characters -= characters
    return ms
  }
}

/** What of two calls differs. */
export function comparisonOf(one: Call, other: Call): Comparison {
  return { sections: sectionsOf(one, other), turns: turnsOf(saidIn(one), saidIn(other)) }
}

interface Said {
  readonly role: string
  readonly answer: boolean
  readonly text: string
}

/** Tools are part of the prompt: what a model may call changes what it answers. */
function saidIn(call: Call): Said[] {
  const tools = toolsOf(call).map(([name, text]): Said => ({ role: `tool ${name}`, answer: false, text }))
  return [...tools, ...conversationOf(call).map(said)]
}

function turnsOf(left: Said[], right: Said[]): TurnDifference[] {
  const allowance = new Allowance()
  const changes = diffArrays(left, right, { comparator: isSame, timeout: MOST_MS }) ?? replaced(left, right)
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
      for (let i = 0; i < pairs; i += 1) turns.push(...changed(removed[i], change.value[i], allowance))
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

function isSame(one: Said, other: Said): boolean {
  return one.role === other.role && one.answer === other.answer && one.text === other.text
}

/** Where it takes too long to find out which turns are the same. */
function replaced(one: Said[], other: Said[]): Pick<ChangeObject<Said[]>, 'value' | 'added' | 'removed'>[] {
  return [
    { value: one, removed: true, added: false },
    { value: other, removed: false, added: true },
  ]
}

function changed(one: Said | undefined, other: Said | undefined, allowance: Allowance): TurnDifference[] {
  if (one === undefined || other === undefined) return []
  if (one.role !== other.role || one.answer !== other.answer) {
    return [
      { ...one, pieces: [{ in: 'one', text: one.text }] },
      { ...other, pieces: [{ in: 'other', text: other.text }] },
    ]
  }
  return [{ role: one.role, answer: one.answer, pieces: piecesOf(one.text, other.text, allowance) }]
}

function piecesOf(one: string, other: string, allowance: Allowance): readonly Piece[] {
  const timeout = allowance.take(one.length + other.length)
  const changes = timeout > 0 ? diffWordsWithSpace(one, other, { timeout }) : undefined
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
