import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Takes the lines that processes could not post in their last moment, and left in a folder. */
export function takeLeft(folder: string, take: (line: string) => void): void {
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) if (line !== '') take(line)
  }
}
