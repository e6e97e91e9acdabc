import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startReceiver } from '../../live/receiver'
import { Session } from '../../live/session'
import { LIVE_TARGET, targetToText } from '../../sinks/live/target'
import { terminalOf } from '../../view/terminal'
import { LinesView } from '../../view/view'

/** What `interceptor <program>` would show, over all of the demo's apps. */
export interface Live {
  /** For each app. */
  readonly env: NodeJS.ProcessEnv
  /** Of the page. */
  readonly url: string
  /** What the calls came to. */
  finish(): Promise<void>
  close(): Promise<void>
}

/** A terminal, or what stands for one. */
type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown }

export async function startLive(output: Output): Promise<Live> {
  const session = new Session()
  const view = new LinesView(terminalOf(output, process.env), text => output.write(text))
  session.listen(({ event }) => view.take(event))
  const receiver = await startReceiver({ session, take: line => session.addLine(line) })
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-'))
  return {
    env: { [LIVE_TARGET]: targetToText({ port: receiver.port, token: receiver.token, folder }) },
    url: receiver.url,
    async finish() {
      await receiver.settled()
      view.finish()
    },
    async close() {
      rmSync(folder, { recursive: true, force: true })
      await receiver.close()
    },
  }
}
