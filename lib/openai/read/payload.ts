import type { Busboy } from '@fastify/busboy'
import type { Decoded } from '../../transport/decode'
import { nextTurn, pause } from '../../turns'
import type { FormFile, Payload } from '../readers/reader'
import { OPEN_LIST, OPEN_OBJECT, skipSpaces, startOf } from './json/ascii'
import { type Bounds, REQUEST_BOUNDS, RESPONSE_BOUNDS } from './json/bounds'
import { readJson } from './json/read-json'
import { salvage } from './salvage'

export { parseText as parseJson } from './json/read-json'

/** A body as far as it could be read. */
export interface BodyReading {
  readonly payload: Payload
  /** It should have been readable and was not. */
  readonly unparsed: boolean
  /** It has more than is read of a body: something was left out. */
  readonly bounded?: boolean
}

/** Loaded with the first form: 8 ms and 6 MB, for what most apps never send. */
const loadBusboy = (): typeof import('@fastify/busboy') => require('@fastify/busboy')

const NOTHING_READ: BodyReading = { payload: { kind: 'none' }, unparsed: false }
const UTF8 = new TextDecoder()
const BINARY = /^(?:audio|image|video)\/|^application\/(?:octet-stream|pdf|zip|gzip|x-tar)/
const MOST_FORM_FIELDS = 200
const LONGEST_FORM_FIELD = 256 * 1024
/** Names and values of a form without files. */
const MOST_URL_ENCODED = 64 * 1024
/** A form is parsed so many bytes at a time: parts of nothing cost 0.1 µs a byte. */
const FORM_BYTES_AT_ONCE = 16 * 1024
/** Subtitles, transcripts, error pages. */
const LONGEST_TEXT = 1_048_576

/** Audio, images, archives: whatever is no text. */
export function isBinary(contentType: string): boolean {
  return BINARY.test(contentType)
}

/** What the app sent. */
export async function readRequest(body: Decoded, contentType: string): Promise<BodyReading> {
  if (body.size === 0) return NOTHING_READ
  if (body.unreadable) return { payload: { kind: 'bytes', size: body.size }, unparsed: true }
  if (contentType.startsWith('multipart/form-data')) return readForm(body, contentType)
  if (contentType.startsWith('application/x-www-form-urlencoded')) return readUrlEncoded(body)
  return readText(body, contentType, REQUEST_BOUNDS)
}

/** What the server answered, unless it is a stream of events. A file's content is never ours to read. */
export async function readResponse(body: Decoded, contentType: string, isFile: boolean): Promise<BodyReading> {
  if (body.size === 0) return NOTHING_READ
  const bytes: Payload = { kind: 'bytes', size: body.size }
  if (body.unreadable) return { payload: bytes, unparsed: true }
  return isFile ? { payload: bytes, unparsed: false } : readText(body, contentType, RESPONSE_BOUNDS)
}

/** By looking: types lie in both directions, so JSON is what parses as JSON. */
async function readText(body: Decoded, contentType: string, bounds: Bounds): Promise<BodyReading> {
  const first = body.head[skipSpaces(body.head, startOf(body.head), body.head.length)] ?? 0
  if (BEGINS_JSON[first] === 1 && !body.truncated) {
    const { value, bounded } = await readJson(body.head, bounds)
    if (value !== undefined) return { payload: { kind: 'json', value }, unparsed: false, bounded }
  }
  const saysJson = /\bjson\b/.test(contentType)
  if (first === OPEN_OBJECT && (saysJson || body.truncated)) {
    const value = await salvage(body.head, body.tail, bounds)
    return { payload: { kind: 'json', value }, unparsed: !body.truncated }
  }
  return plainText(body, contentType, saysJson)
}

function plainText(body: Decoded, contentType: string, saysJson: boolean): BodyReading {
  const text = UTF8.decode(body.head.subarray(0, LONGEST_TEXT))
  const bounded = body.head.length > LONGEST_TEXT
  if (/^text\/html\b/.test(contentType) || saysJson) return { payload: { kind: 'text', text }, unparsed: true, bounded }
  if (contentType.startsWith('text/') || looksLikeText(text)) {
    return { payload: { kind: 'text', text }, unparsed: false, bounded }
  }
  return { payload: { kind: 'bytes', size: body.size }, unparsed: false }
}

const BEGINS_JSON = new Uint8Array(256)
for (const byte of [...Buffer.from('"-0123456789tfn'), OPEN_LIST, OPEN_OBJECT]) BEGINS_JSON[byte] = 1

/** Subtitles and transcripts come as text under any type; bytes that are not UTF-8 are no text. */
function looksLikeText(head: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary data from text
  return !/[\u0000-\u0008\ufffd]/.test(head.slice(0, 4096))
}

function readUrlEncoded(body: Decoded): BodyReading {
  const pairs = new URLSearchParams(UTF8.decode(body.head.subarray(0, MOST_URL_ENCODED)))
  const fields = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (fields.size >= MOST_FORM_FIELDS) break
    fields.set(name, value)
  }
  return { payload: { kind: 'form', fields, files: [] }, unparsed: false, bounded: body.head.length > MOST_URL_ENCODED }
}

async function readForm(body: Decoded, contentType: string): Promise<BodyReading> {
  const fields = new Map<string, string>()
  const files: FormFile[] = []
  const parser = formParser(contentType, fields, files)
  if (parser === undefined) return { payload: { kind: 'form', fields, files }, unparsed: true }
  let failed = false
  let finished = false
  parser.on('finish', () => {
    finished = true
  })
  parser.on('error', () => {
    failed = true
  })
  for (let at = 0; at < body.head.length && !failed; at += FORM_BYTES_AT_ONCE) {
    // More parts than are taken are not looked at.
    if (fields.size >= MOST_FORM_FIELDS || files.length >= MOST_FORM_FIELDS) break
    parser.write(body.head.subarray(at, at + FORM_BYTES_AT_ONCE))
    await pause()
  }
  parser.end()
  // Not until it has finished: it waits for a part that it does not give out, and then for ever. It has no timers of its
  // own, so that what it does until the next turn is all that it will do.
  await nextTurn()
  const payload: Payload = { kind: 'form', fields, files: files.map(file => ({ ...file })) }
  return { payload, unparsed: (failed || !finished) && !body.truncated }
}

/** None where the type names no boundary. */
function formParser(
  contentType: string,
  fields: Map<string, string>,
  files: FormFile[],
): InstanceType<typeof Busboy> | undefined {
  try {
    const { Busboy: Parser } = loadBusboy()
    const parser = new Parser({
      headers: { 'content-type': contentType },
      preservePath: true,
      limits: { fields: MOST_FORM_FIELDS, files: MOST_FORM_FIELDS, fieldSize: LONGEST_FORM_FIELD },
    })
    parser.on('field', (name, value) => fields.set(name, value))
    parser.on('file', (field, stream, filename, _encoding, type) => {
      const file = { field, filename: filename ?? '', size: 0, type }
      files.push(file)
      stream.on('data', (chunk: Buffer) => {
        file.size += chunk.length
      })
      // A form cut off within a file ends the file's stream with an error.
      stream.on('error', () => {})
    })
    return parser
  } catch {
    return undefined
  }
}
