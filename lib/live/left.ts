import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Takes the lines that processes could not post in their last moment, and left in a folder. */
export function takeLeft(folder: string, take: (line: string) => void): void {
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) if (line !== '') take(line)
  }
}

const WORD = 'loaded'

/** A process of the run says that it is observed, whether it makes calls or not. */
export function leaveWord(folder: string): void {
  appendFileSync(join(folder, WORD), '', { mode: 0o600 })
}

/** Was any process of the run observed? */
export function hasWord(folder: string): boolean {
  return existsSync(join(folder, WORD))
}
