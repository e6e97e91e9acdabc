import { clock } from '../../view/amounts'
import { visibleText } from '../visible'
import { AMOUNTS } from './amounts'
import type { Chart } from './series'

/** The same as the picture, for who cannot see it. Steps in which nothing happened are left out. */
export function Numbers({ chart: { times, lines, unit, title } }: { readonly chart: Chart }) {
  const steps = times.map((_, i) => i).filter(i => lines.some(({ values }) => (values[i] ?? 0) !== 0))
  return (
    <div class="numbers" tabIndex={0} role="region" aria-label={`${title}: numbers`}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {visibleText(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(i => (
            <tr key={i}>
              <th scope="row">{clock((times[i] ?? 0) * 1_000)}</th>
              {lines.map(({ name, values }) => {
                const value = values[i]
                return <td key={name}>{value === undefined ? '' : AMOUNTS[unit](value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
