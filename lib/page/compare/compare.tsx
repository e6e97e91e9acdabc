import { useMemo } from 'preact/hooks'
import { clock } from '../../view/amounts'
import type { Row } from '../row'
import { Text } from '../text'
import { visibleText } from '../visible'
import { comparisonOf, type Piece } from './comparison'

interface Props {
  readonly one: Row
  readonly other: Row
  close(): void
}

/** Two calls beside each other: only what differs of their facts, and the conversation with what changed in it. */
export function Compare({ one, other, close }: Props) {
  const both = one.call !== undefined && other.call !== undefined ? ([one.call, other.call] as const) : undefined
  const comparison = useMemo(() => both && comparisonOf(...both), [one, other])
  return (
    <section class="compare" aria-label="Comparison" tabIndex={0}>
      <header>
        <h2>Two calls compared</h2>
        <button type="button" onClick={close} aria-label="Close (Esc)">
          ✕
        </button>
      </header>
      {comparison === undefined ? (
        <p class="none">One of them is still open.</p>
      ) : (
        <>
          <table>
            <caption>What differs</caption>
            <thead>
              <tr>
                <th scope="col">Fact</th>
                <th scope="col">First: {nameOf(one)}</th>
                <th scope="col">Second: {nameOf(other)}</th>
              </tr>
            </thead>
            <tbody>
              {comparison.facts.map(fact => (
                <tr key={fact.name}>
                  <th scope="row">
                    <Text text={fact.name} />
                  </th>
                  <td>
                    <Text text={fact.one} />
                  </td>
                  <td>
                    <Text text={fact.other} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3>Conversation</h3>
          <p class="none">Struck through: only in the first. Underlined: only in the second.</p>
          <ol class="turns">
            {comparison.turns.map(({ role, answer, pieces }, index) => (
              <li key={index} class={answer ? 'answer' : ''}>
                <h4>
                  <Text text={role} />
                </h4>
                <p class="said" dir="auto">
                  {pieces.map((piece, at) => (
                    <PieceOf key={at} piece={piece} />
                  ))}
                </p>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

function PieceOf({ piece }: { readonly piece: Piece }) {
  const text = <Text text={piece.text} />
  if (piece.in === 'both') return <span>{text}</span>
  return piece.in === 'one' ? <del>{text}</del> : <ins>{text}</ins>
}

function nameOf({ operation, startedAt }: Row): string {
  return `${visibleText(operation)}, ${clock(startedAt)}`
}
