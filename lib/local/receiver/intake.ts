import type { IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { isObject, type JsonObject } from '../../openai/json'
import { Arrivals, type Condition } from './arrivals'
import { type ReceivedRequest, type Receiver, startReceiver } from './receiver'

export interface IntakeOptions {
  port?: number
  tls?: boolean
  /** Decoded bytes of a batch above which it is answered 413; the real intake's bound, 5 MB, if not given. */
  maxBytes?: number
  /** A batch that contains this text anywhere is answered 400. */
  poison?: string
}

/** One request as it came, taken or not. */
export interface Batch {
  headers: IncomingHttpHeaders
  /** Decoded. */
  bytes: number
  /** Empty where it could not be read. */
  entries: JsonObject[]
  status: number
}

/** A running stand-in for the logs intake, `POST /api/v2/logs`. */
export interface Intake extends Receiver {
  /** Every batch that was answered by other than trouble. */
  readonly batches: readonly Batch[]
  /** Entries of the batches taken. */
  entries(): readonly JsonObject[]
  /** Waits for entries taken. */
  waitFor(condition: Condition<JsonObject>, timeoutMs?: number): Promise<readonly JsonObject[]>
}

const MOST_BYTES_OF_A_REQUEST = 5_000_000
const MOST_ENTRIES = 1_000

export async function startIntake(options: IntakeOptions = {}): Promise<Intake> {
  const arrivals = new Arrivals<JsonObject>('entries', entry => JSON.stringify(entry).slice(0, 300))
  const batches: Batch[] = []
  const receiver = await startReceiver(options, received => {
    const batch = answerTo(received, options)
    batches.push(batch)
    received.res.writeHead(batch.status, { 'content-type': 'application/json' }).end('{}')
    if (batch.status === 202) arrivals.add(...batch.entries)
  })
  return {
    ...receiver,
    batches,
    entries: () => arrivals.items,
    waitFor: (condition, timeoutMs) => arrivals.waitFor(condition, timeoutMs),
  }
}

/** The real intake's answers (https://docs.datadoghq.com/api/latest/logs/#send-logs), in the order it gives them. */
function answerTo(
  { req, body }: ReceivedRequest,
  { maxBytes = MOST_BYTES_OF_A_REQUEST, poison }: IntakeOptions,
): Batch {
  const { headers, method, url = '/' } = req
  const content = decodedBody(headers, body)
  const entries = content === undefined ? undefined : parseEntries(content)
  const answer = (status: number): Batch => ({
    headers,
    bytes: content?.length ?? body.length,
    entries: entries ?? [],
    status,
  })
  if (method !== 'POST' || !/^\/api\/v2\/logs(\?|$)/.test(url)) return answer(404)
  if (!headers['dd-api-key']) return answer(401)
  if (!content || !entries || !headers['content-type']?.startsWith('application/json')) return answer(400)
  if (content.length > maxBytes || entries.length > MOST_ENTRIES) return answer(413)
  return answer(poison !== undefined && content.includes(poison) ? 400 : 202)
}

function decodedBody(headers: IncomingHttpHeaders, body: Buffer): Buffer | undefined {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return body
  try {
    return encoding === 'gzip' ? gunzipSync(body) : undefined
  } catch {
    return undefined
  }
}

function parseEntries(content: Buffer): JsonObject[] | undefined {
  try {
    const value: unknown = JSON.parse(content.toString())
    return Array.isArray(value) && value.every(isObject) ? value : undefined
  } catch {
    return undefined
  }
}
