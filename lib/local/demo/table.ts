import { styleText } from 'node:util'
import type { Span } from '../receiver/spans'

interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Empty where the span does not say. */
  read(span: Span): string
}

const usage = (span: Span, kind: string) => span.metrics[`openai.response.usage.${kind}_tokens`]
const cellText = (value: string | number | undefined) => String(value ?? '')
const ms = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(value < 10 ? 1 : 0)} ms`)

const COLUMNS: readonly Column[] = [
  { title: 'operation', align: 'left', read: span => span.resource },
  { title: 'model', align: 'left', read: span => cellText(span.meta['openai.request.model']) },
  { title: 'status', align: 'right', read: statusOf },
  { title: 'duration', align: 'right', read: span => ms(span.duration / 1e6) },
  { title: 'network', align: 'right', read: span => ms(span.metrics['openai.response.network_ms']) },
  {
    title: 'first token',
    align: 'right',
    read: span => ms(span.metrics['openai.response.time_to_first_token_ms']),
  },
  { title: 'in', align: 'right', read: span => cellText(usage(span, 'prompt')) },
  { title: 'out', align: 'right', read: span => cellText(usage(span, 'completion')) },
  { title: 'cost', align: 'right', read: costText },
  { title: '', align: 'left', read: remarksOf },
]

function costText(span: Span): string {
  const cost = span.metrics['openai.response.cost.usd']
  if (cost === undefined) return ''
  return cost > 0 && cost < 1e-6 ? '< $0.000001' : `$${cost.toFixed(6)}`
}

function statusOf({ meta, metrics }: Span): string {
  return cellText(meta['http.status_code'] ?? metrics['http.status_code'])
}

/** What sets a call apart from one that just went well. */
function remarksOf({ meta, metrics }: Span): string {
  const attempt = metrics['openai.request.attempt'] ?? 1
  const wait = metrics['openai.request.retry_wait_ms']
  const retryAfter = metrics['openai.request.retry_after_ms']
  const estimated = metrics['openai.response.usage.estimated'] === 1
  return [
    meta['openai.error.kind'] ?? meta['error.type'],
    retryAfter === undefined ? undefined : `retry after ${ms(retryAfter)}`,
    attempt > 1 ? `attempt ${attempt}` : undefined,
    wait === undefined ? undefined : `waited ${ms(wait)}`,
    meta['openai.response.incomplete'],
    estimated ? 'tokens counted here' : undefined,
  ]
    .filter(remark => remark !== undefined)
    .join(', ')
}

/** An app, and its calls in order. */
export interface ClientSpans {
  readonly title: string
  readonly spans: readonly Span[]
}

/** The spans of each app as lines of one table. */
export function spanTable(groups: readonly ClientSpans[]): string[] {
  const rows = groups.map(({ spans }) => spans.map(span => COLUMNS.map(column => column.read(span))))
  const titles = COLUMNS.map(({ title }) => title)
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.flat().map(row => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => pad(cell, widths[at] ?? 0, COLUMNS[at]?.align)).join('  ')
  const lines = groups.flatMap(({ title, spans }, group) => [
    styled('bold', title),
    ...spans.map((span, at) => {
      const shown = line(rows[group]?.[at] ?? [])
      const mark = at === spans.length - 1 ? '└─ ' : '├─ '
      return styled('dim', mark) + (span.error ? styled('red', shown) : shown).trimEnd()
    }),
  ])
  return [styled('dim', `   ${line(titles)}`.trimEnd()), ...lines]
}

function pad(cell: string, width: number, align: Column['align'] = 'left'): string {
  return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
}

/** Colour is for people: not in a file or a pipe, nor where it is not wanted (https://no-color.org). */
export function styled(style: 'bold' | 'dim' | 'red' | 'green', shown: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, shown) : shown
}
