/** Side-effect entry: `node --require interceptor/register app.js`, or `--import`. */
import { sayPlainly, tooOld } from './old-node'

const load: () => typeof import('.') = () => require('.')

const old = tooOld()
if (old !== undefined) sayPlainly(`not loaded in this process: ${old}`)
else startUnlessBroken()

/** Whatever is wrong with our installation, the app starts. */
function startUnlessBroken(): void {
  try {
    load().start()
  } catch (error) {
    const [why] = String(error instanceof Error ? error.message : error).split('\n')
    sayPlainly(`not loaded in this process, which runs without it: ${why}; install it anew`)
  }
}
