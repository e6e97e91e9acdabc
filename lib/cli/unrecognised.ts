import type { ForeignRequest, SessionEvent } from '../live/event'
import { harmless } from '../view/harmless'

/** What a run called of hosts that are not recognised though they look like an API of this kind, and what would have them observed. */
export function unrecognised(events: readonly SessionEvent[], env: NodeJS.ProcessEnv): string[] {
  const foreign = events.filter(event => event.event === 'foreign')
  const hosts = new Set(foreign.map(({ host }) => host))
  if (hosts.size === 0) return []
  const entries = [env.INTERCEPTOR_HOSTS?.trim() ?? '', ...hosts].filter(entry => entry !== '')
  return [
    ...[...hosts].map(host => `> not recognised: ${harmless(host)} (${pathsOf(foreign, host)})`),
    `> to have ${hosts.size === 1 ? 'it' : 'them'} observed: INTERCEPTOR_HOSTS=${harmless(entries.join(','))}`,
  ]
}

/** No call was seen, nor a request that looks like one: likely not what was hoped for. */
export function nothingSeen(command: readonly string[], isLoaded: boolean): string {
  if (isLoaded) {
    return (
      '> no call to OpenAI or a server like it was seen; for each request that is made, and why it is not observed: ' +
      `INTERCEPTOR_DEBUG=1 npx interceptor ${harmless(command.map(quoted).join(' '))}`
    )
  }
  return (
    '> nothing could be observed: no Node.js program of 20.19 or newer was run, or one that was kept from loading us by INTERCEPTOR_ENABLED=false, ' +
    'by a NODE_OPTIONS of its own, or by an environment without ours'
  )
}

/** What `interceptor check` hopes to say. */
export const ALL_RECOGNISED = '> every host that was called and looks like an API of this kind is recognised'

const MOST_PATHS = 3

function pathsOf(foreign: readonly ForeignRequest[], host: string): string {
  const asked = [...new Set(foreign.filter(each => each.host === host).map(({ method, path }) => `${method} ${path}`))]
  return harmless(asked.slice(0, MOST_PATHS).join(', ')) + (asked.length > MOST_PATHS ? ' ...' : '')
}

/** As a POSIX shell takes it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
