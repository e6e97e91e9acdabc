import { readSaved, type SavedRemarks } from '../live/saved'
import { Session } from '../live/session'
import type { Io } from './command'
import { openPage, untilAsked } from './page'
import { receiverAt } from './receiver-at'
import type { RunOptions } from './run-options'
import { shownBy } from './shown-by'

/** Shows a saved session on standard output: it is what was asked for. */
export async function showSaved(path: string, options: RunOptions, io: Io): Promise<void> {
  const session = new Session()
  // First, so that a port that is taken is said before all the rest.
  const receiver = options.ui === true ? await receiverAt(options.port, { session, take: () => {} }) : undefined
  const { view } = shownBy(options, process.stdout, process.env)
  session.listen(({ event }) => view.take(event))
  const remarks = await readSaved(path, event => session.add(event))
  view.finish()
  for (const line of remarksShown(path, remarks)) io.say(line)
  if (receiver === undefined) return
  io.say(`the page is at ${receiver.url} until Ctrl-C`)
  openPage(receiver.url)
  await untilAsked()
  await receiver.close()
}

function remarksShown(path: string, { unread, isCut, isWhole }: SavedRemarks): string[] {
  return [
    ...(isCut ? [`the last line of ${path} is cut off: the session was killed, or still runs; the rest is shown`] : []),
    ...(unread > 0 ? [`${unread} lines of ${path} could not be read and are left out`] : []),
    ...(isCut || isWhole ? [] : [`${path} has no end: the session was killed, or still runs`]),
  ]
}
