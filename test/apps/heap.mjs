/** A thousand streams at a time, again and again: what stays behind of them? Run with `--expose-gc`. */
import { log, play } from './stage.mjs'

const { OPENAI_ORIGIN, STREAMS } = process.env
const AT_ONCE = Number(STREAMS)

async function one(scene) {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], stream: true })
  const headers = { 'content-type': 'application/json', 'openai-organization': scene }
  const response = await fetch(`${OPENAI_ORIGIN}/v1/chat/completions`, { method: 'POST', headers, body })
  let bytes = 0
  for await (const chunk of response.body) bytes += chunk.length
  return bytes
}

async function heap() {
  // What has ended is worked off in later turns, and the tracer sends every two seconds.
  await new Promise(resolve => setTimeout(resolve, 2500))
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

/** Not all in one instant: a server's queue of connections is shorter than that. They last until all have begun. */
async function begun(count, scene) {
  const streams = []
  while (streams.length < count) {
    for (let i = 0; i < 100; i += 1) streams.push(one(scene))
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return streams
}

const round = async scene => {
  const bytes = await Promise.all(await begun(AT_ONCE, scene))
  log(bytes.length, new Set(bytes).size)
}

const heaps = []
const measured = scene => async () => {
  await round(scene)
  heaps.push(await heap())
}
// The first round fills pools, caches and connections that then stay as they are.
await play({ first: measured('first'), second: measured('second') })
console.error(heaps.join(' '))
