/** Side-effect entry: `node --require interceptor/register app.js`, or `--import`. */
import { start } from '.'

start()
