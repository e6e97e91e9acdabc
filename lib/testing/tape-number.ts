import { mkdirSync, readdirSync } from 'node:fs'
import type { Tape } from '../local/tapes/tape-types'

/** The number of the next tape: one more than the highest that names in a folder begin with. Makes the folder. */
export function nextNumber(folder: string | undefined): number {
  if (folder === undefined) return 1
  mkdirSync(folder, { recursive: true })
  const numbers = readdirSync(folder).map(file => Number(/^(\d+)-.*\.json$/.exec(file)?.[1] ?? 0))
  return Math.max(0, ...numbers) + 1
}

/** `0007-chat-completions-stream`: in a folder, tapes stand in the order in which they were asked. */
export function numberedName(number: number, { request, response }: Tape): string {
  const path = new URL(request.url).pathname.replace(/^.*?\/v\d+\//, '').replace(/[^a-z0-9]+/gi, '-')
  const parts = [
    path.replace(/^-+|-+$/g, '').slice(0, 60),
    response.events ? 'stream' : '',
    response.status < 400 ? '' : response.status,
  ]
  return [String(number).padStart(4, '0'), ...parts.filter(part => part !== '')].join('-').toLowerCase()
}
