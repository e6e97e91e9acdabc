import type { WriteStream } from 'node:tty'

/** Where the view is written, and how. */
export interface Terminal {
  /** There is a screen: lines can be taken back. */
  readonly isLive: boolean
  /** Asked for each line: windows are resized. Infinite where nobody says. */
  width(): number
  style(style: Style, text: string): string
}

export type Style = keyof typeof CODES

/** On and off. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const

type Output = Pick<WriteStream, 'isTTY' | 'columns'>

/**
 * Colours are for a terminal that can show them; NO_COLOR (https://no-color.org) and FORCE_COLOR decide before that. A
 * width is that of the terminal; of a pipe or a file it is only what COLUMNS says.
 */
export function terminalOf(output: Output, env: NodeJS.ProcessEnv): Terminal {
  const isTerminal = output.isTTY === true
  const isLive = isTerminal && env.TERM !== 'dumb'
  const isColoured = wantsColours(env) ?? isLive
  return {
    isLive,
    width: () => (isTerminal && output.columns > 0 ? output.columns : columnsIn(env)),
    style(style, text) {
      const codes = isColoured && text !== '' ? CODES[style] : undefined
      return codes === undefined ? text : `\x1b[${codes[0]}m${text}\x1b[${codes[1]}m`
    },
  }
}

function wantsColours({ NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): boolean | undefined {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR === undefined) return undefined
  return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
}

function columnsIn({ COLUMNS = '' }: NodeJS.ProcessEnv): number {
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : Number.POSITIVE_INFINITY
}
