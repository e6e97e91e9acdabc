import type { SendFailure } from './delivery'
import type { EventKind, Limits } from './kind'
import type { Notices } from './losses'
import type { EventSender } from './sender'

interface Failed {
  readonly kind: EventKind
  readonly sender: EventSender
  readonly limits: Limits
  readonly notices: Notices
}

/** Says why events wait: a refused key and a wrong address once, an intake that takes nothing now at most once a minute. */
export function sayFailure({ meaning, reason }: SendFailure, { kind, sender, limits, notices }: Failed): void {
  const origin = sender.shown
  const { words } = kind
  if (meaning === 'later') {
    const line = `the ${words.intake} ${origin} does not take ${words.short} (${reason}); they wait`
    notices.eachMinute(`${kind.name}.down`, line)
    return
  }
  const again = `tried again every ${limits.pauseMs / 60_000} minutes`
  const lines = {
    key: `the ${words.intake} ${origin} refuses ${sender.hasKey ? '' : 'the Agent’s '}DD_API_KEY (${reason}); ${again}`,
    address: `${origin} is no ${words.intake} (${reason}), see ${words.address}; ${again}`,
  }
  notices.once(`${kind.name}.${meaning}`, lines[meaning])
}
