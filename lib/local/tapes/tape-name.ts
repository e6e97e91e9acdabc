import type { Tape } from './tape'

/** `recorded-chat-completions-stream`, with a number where that is taken. */
export function freeName({ request, response }: Tape, isTaken: (name: string) => boolean): string {
  const path = new URL(request.url).pathname.replace(/^\/v1\//, '').replace(/[^a-z0-9]+/gi, '-')
  const name = ['recorded', path, response.events ? 'stream' : '', response.status < 400 ? '' : response.status]
    .filter(part => part !== '')
    .join('-')
    .toLowerCase()
  let free = name
  for (let number = 2; isTaken(free); number++) free = `${name}-${number}`
  return free
}
