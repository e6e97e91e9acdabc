import type { Call } from '../openai/call'
import { clock, count, dollars, duration } from './amounts'
import { type Fitted, fitting, GAP, spaceOf } from './columns'
import { harmless } from './harmless'
import type { Style, Terminal } from './terminal'
import { cutTo, padEnd, padStart, widthOf } from './width'

interface Column extends Fitted {
  /** Kept free for it; a longer text moves the rest of its line. */
  readonly columns: number
  /** Where that is too much, it is cut to this. */
  readonly least?: number
  readonly align: 'left' | 'right'
  readonly style?: (call: Call) => Style | undefined
  read(call: Call): string
}

/** One line a call. They are printed as calls end, so widths are guessed and not measured. */
const COLUMNS: readonly Column[] = [
  { columns: 8, align: 'left', dispensable: 4, read: call => clock(call.startedAt), style: () => 'dim' },
  { columns: 22, least: 10, align: 'left', read: call => harmless(String(call.operation)) },
  {
    columns: 22,
    least: 13,
    align: 'left',
    dispensable: 2,
    read: call => harmless(String(call.model ?? '')),
    style: () => 'cyan',
  },
  { columns: 4, align: 'right', read: statusOf, style: statusStyle },
  { columns: 7, align: 'right', dispensable: 1, read: call => duration(call.durationMs) },
  { columns: 13, align: 'right', dispensable: 6, read: firstToken, style: () => 'dim' },
  { columns: 16, align: 'right', dispensable: 5, read: tokens },
  { columns: 9, align: 'right', dispensable: 3, read: call => dollars(call.cost) },
]

/** Tells our lines from the app's. */
const MARK = '>'
/** What is shorter says nothing. */
const LEAST_REMARK = 8
const REMARKS = 18
const ROOM_FOR_REMARKS = 60

export function callLine(call: Call, { width, style }: Terminal): string {
  const room = width() - MARK.length - 1
  // The same on every line, whether it has remarks or not.
  const reserved = room >= ROOM_FOR_REMARKS ? REMARKS : 0
  const columns = fitting(COLUMNS, ({ columns, least = columns }) => least, room - reserved)
  let spare = room - reserved - spaceOf(columns, ({ columns, least = columns }) => least)
  const cells = columns.map(({ columns, least = columns, align, style: chosen, read }) => {
    const most = Math.min(columns, least + spare)
    const text = read(call)
    // Where there is room a long text moves the rest; the remarks are what is cut then.
    const cut = cutTo(text, Math.max(most, least + spare))
    spare -= Math.max(most, widthOf(cut)) - least
    return styled(style, chosen?.(call), (align === 'left' ? padEnd : padStart)(cut, most))
  })
  spare += reserved
  const remarks = spare >= LEAST_REMARK ? cutTo(remarksOf(call), spare - GAP.length) : ''
  const tail = remarks === '' ? '' : GAP + styled(style, failed(call) ? 'red' : 'yellow', remarks)
  return `${style('magenta', MARK)} ${cells.join(GAP)}${tail}`.trimEnd()
}

function styled(style: Terminal['style'], chosen: Style | undefined, text: string): string {
  return chosen === undefined ? text : style(chosen, text)
}

function failed({ error }: Call): boolean {
  return error !== undefined
}

function statusOf({ http, error, aborted }: Call): string {
  if (http.status !== undefined) return harmless(String(http.status))
  return aborted ? 'left' : error === undefined ? '' : 'none'
}

function statusStyle(call: Call): Style | undefined {
  return failed(call) ? 'red' : call.incomplete === undefined ? 'green' : 'yellow'
}

function firstToken({ stream }: Call): string {
  const text = duration(stream?.firstTokenMs)
  return text === '' ? '' : `first ${text}`
}

function tokens({ usage, estimated }: Call): string {
  if (usage?.input === undefined && usage?.output === undefined) return ''
  return `${estimated === undefined ? '' : '~'}${count(usage.input) || '?'} > ${count(usage.output) || '0'} tok`
}

/** What sets a call apart from one that just went well. */
function remarksOf({ attempt, retryWaitMs, error, incomplete, retryAfterMs, unparsed }: Call): string {
  const wait = duration(retryWaitMs)
  const later = duration(retryAfterMs)
  return [
    (attempt ?? 1) > 1 ? `attempt ${attempt}${wait === '' ? '' : `, waited ${wait}`}` : '',
    later === '' ? '' : `retry after ${later}`,
    incomplete === undefined || error !== undefined ? '' : `not whole: ${incomplete}`,
    error === undefined ? '' : `${error.kind}: ${error.message}`,
    unparsed.length === 2 ? 'not read' : '',
  ]
    .filter(remark => remark !== '')
    .map(harmless)
    .join(', ')
}
