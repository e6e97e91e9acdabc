import { styleText } from 'node:util'

export interface Column<T> {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Empty where the span does not say. */
  read(span: T): string
}

/** An app, and its calls in order. */
export interface ClientSpans<T> {
  readonly title: string
  readonly spans: readonly T[]
}

/** The spans of each app as lines of one table. */
export function spanTable<T>(
  columns: readonly Column<T>[],
  groups: readonly ClientSpans<T>[],
  isError: (span: T) => boolean,
): string[] {
  const rows = groups.map(({ spans }) => spans.map(span => columns.map(column => column.read(span))))
  const titles = columns.map(({ title }) => title)
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.flat().map(row => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align)).join('  ')
  const lines = groups.flatMap(({ title, spans }, group) => [
    styled('bold', title),
    ...spans.map((span, at) => {
      const shown = line(rows[group]?.[at] ?? [])
      const mark = at === spans.length - 1 ? '└─ ' : '├─ '
      return styled('dim', mark) + (isError(span) ? styled('red', shown) : shown).trimEnd()
    }),
  ])
  return [styled('dim', `   ${line(titles)}`.trimEnd()), ...lines]
}

function pad(cell: string, width: number, align: 'left' | 'right' = 'left'): string {
  return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
}

/** How many there are of what, and of each name how many. */
export function summary(noun: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const counts = new Map<string, number>()
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const shown = [...counts].map(([name, count]) => `${name} ${count}`)
  return [styled('bold', `${names.length} ${noun}`), ...wrapped(shown).map(line => styled('dim', `   ${line}`)), '']
}

const WIDTH = 110

/** Joins words by commas into lines of a readable width. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last}, ${word}`
  }
  return lines
}

export function cellText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

export function msText(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

export function costText(cost: number | undefined): string {
  if (cost === undefined) return ''
  return cost > 0 && cost < 1e-6 ? '< $0.000001' : `$${cost.toFixed(6)}`
}

/** Colour is for people: not in a file or a pipe, nor where it is not wanted (https://no-color.org). */
export function styled(style: 'bold' | 'dim' | 'red' | 'green', shown: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, shown) : shown
}
