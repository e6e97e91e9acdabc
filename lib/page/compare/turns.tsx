import { counted } from '../../view/amounts'
import { Text } from '../text'
import type { Piece, TurnDifference } from './comparison'
import { type Run, runsOf } from './runs'

/** A conversation of two calls: what is the same once, what changed beside each other. */
export function ComparedTurns({ turns }: { readonly turns: readonly TurnDifference[] }) {
  if (turns.length === 0) return <p class="none">No content was captured.</p>
  return (
    <>
      <p class="none">Struck through: only in the first. Underlined: only in the second.</p>
      <ol class="turns">
        {runsOf(turns).map((run, index) => (
          <RunOf key={index} run={run} />
        ))}
      </ol>
    </>
  )
}

function RunOf({ run: { same, turns } }: { readonly run: Run }) {
  const [turn] = turns
  if (!same) return turn === undefined ? null : <ChangedTurn turn={turn} />
  return (
    <li class="same">
      <details>
        <summary>{counted(turns.length, 'message')} the same in both</summary>
        {turns.map(({ role, pieces }, index) => (
          <div key={index}>
            <Role role={role} />
            <Pieces pieces={pieces} />
          </div>
        ))}
      </details>
    </li>
  )
}

function ChangedTurn({ turn: { role, answer, pieces } }: { readonly turn: TurnDifference }) {
  const inOne = pieces.filter(piece => piece.in !== 'other')
  const inOther = pieces.filter(piece => piece.in !== 'one')
  return (
    <li class={answer ? 'answer' : ''}>
      <Role role={role} />
      <div class="sides">
        <Side title="First" pieces={inOne} />
        <Side title="Second" pieces={inOther} />
      </div>
    </li>
  )
}

function Side({ title, pieces }: { readonly title: string; readonly pieces: readonly Piece[] }) {
  return (
    <div>
      <h5>{title}</h5>
      {pieces.length === 0 ? <p class="none">Not there.</p> : <Pieces pieces={pieces} />}
    </div>
  )
}

function Role({ role }: { readonly role: string }) {
  return (
    <h4>
      <Text text={role} />
    </h4>
  )
}

function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <p class="said" dir="auto">
      {pieces.map((piece, at) => (
        <PieceOf key={at} piece={piece} />
      ))}
    </p>
  )
}

function PieceOf({ piece }: { readonly piece: Piece }) {
  const text = <Text text={piece.text} />
  if (piece.in === 'both') return <span>{text}</span>
  return piece.in === 'one' ? <del>{text}</del> : <ins>{text}</ins>
}
