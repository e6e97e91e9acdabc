import { Budget } from '../dist/transport/budget'
import { Exchange } from '../dist/transport/exchange'
import { shadow } from '../dist/transport/shadow'
import { median, report } from './measure'

const CHUNKS = 200
const STREAMS = 500

/** What we do on the app's stack for each chunk of a streamed answer: the shadow, the clock, the copy. */
export async function run(): Promise<void> {
  const chunk = Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: ' token' } }] })}\n\n`)
  const rounds = Array.from({ length: 15 }, () => {
    const bare = time(() => {})
    const tapped = time(request => {
      const exchange = new Exchange(
        { method: 'POST', origin: 'https://x', path: '/' },
        1 << 20,
        new Budget(1 << 26),
        () => {},
      )
      shadow(request, 'onData', bytes => exchange.received(bytes))
    })
    return tapped - bare
  })
  report(`a streamed answer of ${CHUNKS} chunks of ${chunk.length} bytes`, {
    'on the app’s stack, a chunk': `${(median(rounds) * 1000).toFixed(2)} µs`,
    'on the app’s stack, a stream': `${(median(rounds) * CHUNKS).toFixed(3)} ms`,
  })

  function time(prepare: (request: Consumer) => void): number {
    const start = performance.now()
    for (let i = 0; i < STREAMS; i += 1) {
      const request = new Consumer()
      prepare(request)
      for (let j = 0; j < CHUNKS; j += 1) request.onData(chunk)
    }
    return (performance.now() - start) / (STREAMS * CHUNKS)
  }
}

/** Stands for undici's request: a method on the prototype that takes chunks. */
class Consumer {
  bytes = 0
  onData(chunk: Uint8Array): boolean {
    this.bytes += chunk.length
    return true
  }
}

if (require.main === module) void run()
