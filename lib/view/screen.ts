import type { Terminal } from './terminal'

/** Lines that go up, and below them one that stays last. */
export interface Screen {
  line(text: string): void
  /** Shown until the next call; empty: none. Only on a terminal. */
  status(text: string): void
}

/** Makes sure that there is a row below, without leaving the column. */
const ROOM_BELOW = '\x1bD\x1bM'
const SAVE = '\x1b7'
const RESTORE = '\x1b8'
const DOWN = '\x1b[1B'
const ERASE_ROW = '\x1b[2K'

/**
 * The terminal is the app's too: where its cursor stands is not known, and what it has written is to stay. So a line of ours
 * begins at the left whatever stands there (spaces for one row wrap only where something does), and the last line is
 * drawn in the row below the cursor, at the right, where the app's next line hardly reaches. What is left of it when
 * the app has written over its left part is a few dim words.
 */
export function screenOf({ isLive, width }: Terminal, write: (text: string) => void): Screen {
  if (!isLive) return { line: text => write(`${text}\n`), status: () => {} }
  let shown = ''
  const draw = (text: string): string => {
    const at = Math.max(1, width() - text.length + 1)
    return `${ROOM_BELOW}${SAVE}${DOWN}${ERASE_ROW}${text === '' ? '' : `\x1b[${at}G\x1b[2m${text}\x1b[22m`}${RESTORE}`
  }
  const atTheLeft = (): string => (Number.isFinite(width()) ? `${' '.repeat(width())}\r` : '\r')
  return {
    line(text) {
      const erased = shown === '' ? '' : draw('')
      write(`${erased}${atTheLeft()}${text}\n${shown === '' ? '' : draw(shown)}`)
    },
    status(text) {
      if (text === shown && text === '') return
      shown = text
      write(draw(text))
    },
  }
}
