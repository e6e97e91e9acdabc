import { useMemo } from 'preact/hooks'
import { clock } from '../../view/amounts'
import type { Row } from '../row'
import { Text } from '../text'
import { visibleText } from '../visible'
import { comparisonOf } from './comparison'
import type { Section } from './differences'
import { ComparedTurns } from './turns'

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
          <Facts sections={comparison.sections} one={nameOf(one)} other={nameOf(other)} />
          <h3>Conversation</h3>
          <ComparedTurns turns={comparison.turns} />
        </>
      )}
    </section>
  )
}

interface FactsProps {
  readonly sections: readonly Section[]
  readonly one: string
  readonly other: string
}

function Facts({ sections, one, other }: FactsProps) {
  return (
    <table>
      <caption>What differs</caption>
      <thead>
        <tr>
          <th scope="col">Fact</th>
          <th scope="col">First: {one}</th>
          <th scope="col">Second: {other}</th>
        </tr>
      </thead>
      {sections.map(({ title, facts }) => (
        <tbody key={title}>
          <tr class="section">
            <th scope="rowgroup" colSpan={3}>
              {title}
            </th>
          </tr>
          {facts.map(fact => (
            <tr key={fact.name}>
              <th scope="row">
                <Text text={fact.name} />
              </th>
              <td>
                <Text text={fact.one} />
              </td>
              <td>
                <Text text={fact.other} />
                {fact.change !== '' && <span class="change"> {fact.change}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  )
}

function nameOf({ operation, startedAt }: Row): string {
  return `${visibleText(operation)}, ${clock(startedAt)}`
}
