import { useMemo } from 'preact/hooks'
import type { Row } from '../row'
import { visibleText } from '../visible'
import { Numbers } from './numbers'
import { Plot } from './plot'
import { type Chart, chartsOf } from './series'

interface Props {
  readonly rows: readonly Row[]
  /** Is given what was chosen on a chart, in epoch milliseconds. */
  choose(from: number, to: number): void
}

/** What the shown calls say over time. A part of it that is chosen with the pointer is what all views show then. */
export function Charts({ rows, choose }: Props) {
  const charts = useMemo(() => chartsOf(rows), [rows])
  if (charts.length === 0) return <p class="none">No call has ended yet.</p>
  return (
    <div class="charts">
      {charts.map(chart => (
        <ChartOf key={chart.id} chart={chart} choose={choose} />
      ))}
    </div>
  )
}

function ChartOf({ chart, choose }: { readonly chart: Chart; readonly choose: Props['choose'] }) {
  return (
    <figure>
      <figcaption>{chart.title}</figcaption>
      <div role="img" aria-label={`${chart.title}: ${chart.lines.map(({ name }) => visibleText(name)).join(', ')}`}>
        <Plot chart={chart} choose={choose} />
      </div>
      <details>
        <summary>Numbers</summary>
        <Numbers chart={chart} />
      </details>
    </figure>
  )
}
