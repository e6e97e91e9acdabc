import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { startWorld, type World } from './world'

/**
 * Every recorded exchange for which the Python integration's span is known is replayed over real HTTP, and the span
 * that the real tracer delivers must have every tag of it, to the letter, but for those (`notOnTheWire`, in the data)
 * that the Python client made up itself.
 */

interface Golden {
  resource: string
  error: number
  tags: Record<string, string | number>
  notOnTheWire: string[]
}

const golden = JSON.parse(readFileSync(join(__dirname, 'data', 'golden.json'), 'utf8')) as Record<string, Golden>
const tapes = new Map(loadTapes().map(tape => [tape.name, tape]))
const total = { compared: 0, equal: 0 }

async function byFetch(url: string, tape: Tape, headers: Record<string, string>): Promise<void> {
  const body = requestBytes(tape)
  const response = await fetch(url, { method: tape.request.method, headers, ...(body.length > 0 ? { body } : {}) })
  await response.arrayBuffer()
}

function byHttp(url: string, tape: Tape, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: tape.request.method, headers }, response => {
      text(response).then(() => resolve(), reject)
    })
    request.on('error', reject)
    request.end(requestBytes(tape))
  })
}

const test = suite<{ world: World }>('golden spans')

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => {
  await world.stop()
  console.log(`\n  tags compared: ${total.compared}, equal: ${total.equal}`)
})

for (const [name, expected] of Object.entries(golden)) {
  const tape = tapes.get(name)
  if (tape === undefined) throw new Error(`no tape ${name}`)
  for (const [client, send] of Object.entries({ fetch: byFetch, 'node:http': byHttp })) {
    test(`${name} by ${client}`, async ({ world }) => {
      const { pathname, search } = new URL(tape.request.url)
      const azure = pathname.includes('/deployments/')
      const key = '<not-a-real-key>'
      const headers = {
        ...tape.request.headers,
        ...(azure ? { 'api-key': key } : { authorization: `Bearer ${key}` }),
        'x-tape': tape.name,
      }
      const span = await world.spanOf(() => send(`${world.openai.origin}${pathname}${search}`, tape, headers))

      assert.is(span.name, 'openai.request')
      assert.is(span.resource, expected.resource)
      assert.is(span.error, expected.error)
      const wrong: string[] = []
      for (const [tag, value] of Object.entries(expected.tags)) {
        if (expected.notOnTheWire.includes(tag)) continue
        const theirs = typeof value === 'string' ? value.replace('<origin>', world.openai.origin) : value
        const ours = typeof theirs === 'number' ? span.metrics[tag] : span.meta[tag]
        total.compared += 1
        if (ours === theirs) total.equal += 1
        else wrong.push(`${tag}: ${JSON.stringify(span.metrics[tag] ?? span.meta[tag])}, not ${JSON.stringify(theirs)}`)
      }
      assert.equal(wrong, [])
    })
  }
}

test.run()
