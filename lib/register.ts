/** Side-effect entry: `node --require interceptor/register app.js`, or `--import`. */
import { start } from '.'
import { say } from './say'

try {
  start()
} catch (error) {
  // Whatever is wrong with us, the app starts.
  say(`not started: ${error instanceof Error ? error.message : String(error)}`)
}
