import { readFileSync, statSync } from 'node:fs'
import { EnvHttpProxyAgent, fetch } from 'undici'
import type { Json } from '../openai/json'

/** `REMOTE_DATA_JSON_URL` of `@pydantic/genai-prices` 0.1.8, which is not there at run time; a test holds them together. */
export const DATA_URL = 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json'

const TIMEOUT_MS = 60_000
/** The data has about 2 MB. */
const MOST_BYTES = 64 << 20

interface PriceData {
  readonly data: Json
  /** The day it is of: when it was fetched, or when the file was last written. */
  readonly date: string
}

/** The price data of a URL or a file. Throws an Error of one line. */
export async function fetchData(from: string): Promise<PriceData> {
  const isUrl = /^https?:\/\//i.test(from)
  const [text, at] = isUrl ? [await fetched(from), new Date()] : read(from)
  return { data: parsed(text, from), date: at.toISOString().slice(0, 10) }
}

function read(file: string): [text: string, at: Date] {
  try {
    return [readFileSync(file, 'utf8'), statSync(file).mtime]
  } catch (error) {
    throw new Error(`prices --update: ${file} cannot be read: ${messageOf(error)}`)
  }
}

async function fetched(url: string): Promise<string> {
  const dispatcher = new EnvHttpProxyAgent()
  try {
    const response = await fetch(url, { dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    return await bounded(response.body ?? [])
  } catch (error) {
    const why = messageOf(error instanceof Error ? (error.cause ?? error) : error)
    throw new Error(
      `prices --update: ${url} cannot be fetched: ${why}; the data fetched by other means goes in with --from FILE`,
    )
  } finally {
    await dispatcher.destroy()
  }
}

async function bounded(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  let left = MOST_BYTES
  for await (const piece of body) {
    left -= piece.byteLength
    if (left < 0) throw new Error(`it is longer than ${MOST_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function parsed(text: string, from: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`prices --update: what ${from} has is not JSON`)
  }
}

/** An AggregateError (both addresses of a host were tried) has no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error)
}
