/** The process that `bench -- stretch` measures: one input, twice, with the CPU of every turn of the event loop. */
import { channel } from 'node:diagnostics_channel'
import { start } from '../dist'
import { median } from './measure'
import { INPUTS } from './stretch-inputs'

export interface Stretch {
  /** CPU of the longest turn, milliseconds: in the first call, when nothing is compiled, and in those after it. */
  readonly first: number
  readonly later: number
  /** The highest seen, in MB beyond what was there before. */
  readonly heap: number
  readonly rss: number
}

const LATER = 8
const input = INPUTS[Number(process.argv[2])]
if (input === undefined) throw new Error('no such input')
const answer = Buffer.from(input.response())
const asked = Buffer.from(input.request())
const headers = Object.entries({ 'content-type': 'application/json', ...input.headers })
  .flat()
  .map(text => Buffer.from(text))

const askedHeaders = Object.entries({
  'content-type': 'application/json',
  authorization: 'Bearer sk-test-of-the-bench-0123',
  ...input.requestHeaders?.(),
}).flat()

class Request {
  readonly origin = 'https://api.openai.com'
  readonly path = input?.path ?? ''
  readonly method = 'POST'
  readonly headers = askedHeaders
  onBodySent(_: Uint8Array): void {}
  onRequestSent(): void {}
  onData(_: Uint8Array): boolean {
    return true
  }
}

/** One call as undici would tell of it, in pieces of 64 KiB. */
function call(): void {
  const request = new Request()
  channel('undici:request:create').publish({ request })
  request.onBodySent(asked)
  request.onRequestSent()
  channel('undici:request:headers').publish({ request, response: { statusCode: 200, headers } })
  for (let at = 0; at < answer.length; at += 65_536) request.onData(answer.subarray(at, at + 65_536))
  channel('undici:request:trailers').publish({ request, trailers: [] })
}

interface Turn {
  longest: number
  heap: number
  rss: number
}

/** Watches every turn until `done`: what one costs is all that was done in it. */
async function watched(done: Promise<unknown>): Promise<Turn> {
  const worst: Turn = { longest: 0, heap: 0, rss: 0 }
  let over = false
  done.finally(() => {
    over = true
  })
  let before = process.cpuUsage()
  while (!over) {
    await new Promise(resolve => setImmediate(resolve))
    const { user, system } = process.cpuUsage(before)
    const { heapUsed, rss } = process.memoryUsage()
    worst.longest = Math.max(worst.longest, (user + system) / 1000)
    worst.heap = Math.max(worst.heap, heapUsed)
    worst.rss = Math.max(worst.rss, rss)
    before = process.cpuUsage()
  }
  return worst
}

async function main(): Promise<void> {
  const handle = start()
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const turns: Turn[] = []
  for (let i = 0; i <= LATER; i += 1) {
    call()
    turns.push(await watched(handle.flush(4_000)))
  }
  const [first, ...later] = turns
  const told: Stretch = {
    first: first?.longest ?? 0,
    later: median(later.map(({ longest }) => longest)),
    heap: (Math.max(...turns.map(turn => turn.heap)) - heapUsed) / 1e6,
    rss: (Math.max(...turns.map(turn => turn.rss)) - rss) / 1e6,
  }
  process.send?.(told, () => process.exit())
}

void main()
