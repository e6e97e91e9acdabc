/**
 * Runs every client of one folder of the grid, one after the other, each inside a span of the app's own where there is
 * a tracer, and prints what the app got: one JSON line a client. A client that this Node cannot load is left out.
 *
 * node cell.mjs <folder>, with ORIGIN, the server's origin, H2_ORIGIN, that of the one with TLS and HTTP/2.
 */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [folder] = process.argv.slice(2)
const { ORIGIN, H2_ORIGIN, TRACER } = process.env
const { clients } = await import(pathToFileURL(`${folder}/clients.mjs`).href)
const tracer = TRACER === undefined ? undefined : createRequire(import.meta.url)(TRACER)

for (const [name, ask] of Object.entries(clients)) {
  const origin = name.includes('http2') ? H2_ORIGIN : ORIGIN
  const base = `${origin}/${encodeURIComponent(name)}/v1`
  const run = async () => {
    try {
      return { got: await ask(base) }
    } catch (error) {
      return { failed: `${error.name}: ${error.message}`.split('\n')[0] }
    }
  }
  const parent = {}
  const result =
    tracer === undefined
      ? await run()
      : await tracer.trace('job', span => {
          parent.traceId = span?.context().toTraceId()
          return run()
        })
  console.log(JSON.stringify({ name, ...result }))
  if (tracer !== undefined) console.error(JSON.stringify({ name, ...parent }))
}
