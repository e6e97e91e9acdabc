import { Busboy } from '@fastify/busboy'
import type { Decoded } from '../../transport/decode'
import type { Json } from '../json'
import type { FormFile, Payload } from '../readers/reader'
import { salvage } from './salvage'

/** A body as far as it could be read. */
export interface Reading {
  readonly payload: Payload
  /** It should have been readable and was not. */
  readonly unparsed: boolean
}

const NONE: Reading = { payload: { kind: 'none' }, unparsed: false }
const UTF8 = new TextDecoder()
const BINARY = /^(?:audio|image|video)\/|^application\/(?:octet-stream|pdf|zip|gzip|x-tar)/
const MOST_FORM_FIELDS = 200
const LONGEST_FORM_FIELD = 256 * 1024

/** Audio, images, archives: whatever is no text. */
export function isBinary(contentType: string): boolean {
  return BINARY.test(contentType)
}

/** What the app sent. */
export async function readRequest(body: Decoded, contentType: string): Promise<Reading> {
  if (body.size === 0) return NONE
  if (body.unreadable) return { payload: { kind: 'bytes', size: body.size }, unparsed: true }
  if (contentType.startsWith('multipart/form-data')) return readForm(body, contentType)
  if (contentType.startsWith('application/x-www-form-urlencoded')) return readUrlEncoded(body)
  return readText(body, contentType)
}

/** What the server answered, unless it is a stream of events. A file's content is never ours to read. */
export function readResponse(body: Decoded, contentType: string, isFile: boolean): Reading {
  if (body.size === 0) return NONE
  const bytes: Payload = { kind: 'bytes', size: body.size }
  if (body.unreadable) return { payload: bytes, unparsed: true }
  return isFile ? { payload: bytes, unparsed: false } : readText(body, contentType)
}

/** By looking: types lie in both directions, so JSON is what parses as JSON. */
function readText(body: Decoded, contentType: string): Reading {
  const head = UTF8.decode(body.head)
  const looksLikeJson = /^\s*[[{"\d\-tfn]/.test(head)
  const value = looksLikeJson && !body.truncated ? parseJson(head) : undefined
  if (value !== undefined) return { payload: { kind: 'json', value }, unparsed: false }
  const saysJson = /\bjson\b/.test(contentType)
  if (/^\s*\{/.test(head) && (saysJson || body.truncated)) {
    return { payload: { kind: 'json', value: salvage(head, UTF8.decode(body.tail)) }, unparsed: !body.truncated }
  }
  if (/^text\/html\b/.test(contentType) || saysJson) return { payload: { kind: 'text', text: head }, unparsed: true }
  if (contentType.startsWith('text/') || isText(head)) return { payload: { kind: 'text', text: head }, unparsed: false }
  return { payload: { kind: 'bytes', size: body.size }, unparsed: false }
}

/** Subtitles and transcripts come as text under any type; bytes that are not UTF-8 are no text. */
function isText(head: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary data from text
  return !/[\u0000-\u0008\ufffd]/.test(head.slice(0, 4096))
}

export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // Not JSON, or not all of it: the caller says so.
    return undefined
  }
}

function readUrlEncoded(body: Decoded): Reading {
  const fields = new Map([...new URLSearchParams(UTF8.decode(body.head))].slice(0, MOST_FORM_FIELDS))
  return { payload: { kind: 'form', fields, files: [] }, unparsed: false }
}

function readForm(body: Decoded, contentType: string): Promise<Reading> {
  return new Promise(resolve => {
    const fields = new Map<string, string>()
    const files: FormFile[] = []
    const done = (unparsed: boolean): void => {
      resolve({ payload: { kind: 'form', fields, files: files.map(file => ({ ...file })) }, unparsed })
    }
    try {
      const parser = new Busboy({
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
      parser.on('finish', () => done(false))
      parser.on('error', () => done(!body.truncated))
      parser.end(body.head)
    } catch {
      // A content type without a boundary.
      done(true)
    }
  })
}
