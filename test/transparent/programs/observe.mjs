/** How the programs print what they see. Nothing here knows of the interceptor. */
import dns from 'node:dns'
import { log } from '../../apps/stage.mjs'

export const CHAT = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })
/** A scene that takes so long never ends. */
export const PATIENCE_MS = 3000
export const KEY = 'sk-test-of-the-app-abcd'

/** Names that nobody has: no resolver outside of this machine is asked. */
dns.lookup = (host, options, callback = options) => {
  const all = typeof options === 'object' && options.all
  if (/^[\d.]+$/.test(host)) return process.nextTick(callback, null, all ? [{ address: host, family: 4 }] : host, 4)
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  process.nextTick(callback, Object.assign(error, { hostname: host }))
}

/** Where a scene's request goes: to the server, or to nobody. */
export function urlOf(scene) {
  const { SERVER, REFUSED, TLS } = process.env
  const at = {
    refused: REFUSED,
    unknownHost: 'http://nobody.invalid',
    notTls: SERVER.replace('http', 'https'),
    untrusted: TLS,
  }
  return `${at[scene.split('_')[0]] ?? SERVER}/v1/chat/completions`
}

export function headersOf(scene) {
  return { 'openai-organization': scene, authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
}

/** All that an app can see of what it caught. */
export function seen(error, depth = 0) {
  if (typeof error !== 'object' || error === null) return [typeof error, String(error)]
  const { name, message, code, errno, syscall, status, type, param, cause, errors } = error
  const own = Object.getOwnPropertyNames(error).filter(key => key !== 'stack')
  const facts = { class: classesOf(error), name, message, code, errno, syscall, status, type, param, own }
  if (depth > 3) return facts
  return {
    ...facts,
    ...(cause == null ? {} : { cause: seen(cause, depth + 1) }),
    ...(Array.isArray(errors) ? { errors: errors.map(one => seen(one, depth + 1)) } : {}),
  }
}

function classesOf(object) {
  const names = []
  for (let at = Object.getPrototypeOf(object); at !== null; at = Object.getPrototypeOf(at))
    names.push(at.constructor?.name)
  return names.join(' ')
}

/** What an object of the app's shows of itself: what it has, who listens. */
export function looks(object) {
  return {
    class: classesOf(object),
    keys: Object.keys(object).sort(),
    symbols: Object.getOwnPropertySymbols(object).map(String).sort(),
    spread: Object.keys({ ...object }).length,
    listeners: object.eventNames?.().map(name => `${String(name)} ${object.listenerCount(name)}`),
    extensible: Object.isExtensible(object),
  }
}

/** The methods that an observer may put before an object's own without an enumeration showing it: a known difference. */
const COVERED = ['write', 'end', 'emit', 'destroy', 'push', '_destroy']

/** Own names that no enumeration shows. */
export function hidden(object) {
  return Object.getOwnPropertyNames(object)
    .filter(key => !Object.prototype.propertyIsEnumerable.call(object, key) && !COVERED.includes(key))
    .sort()
}

/** Notes each event in its order, with what it brings. */
export function hear(emitter, what, events) {
  for (const event of events) emitter.on(event, (...args) => log(what, event, ...args.map(brief)))
}

function brief(value) {
  if (value instanceof Error) return seen(value)
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return typeof value === 'object' && value !== null ? value.constructor.name : value
}

/** Long texts by their length. */
export function short(text) {
  return text.length > 2000 ? `${text.length} of ${text.slice(0, 20)}` : text
}

export async function textOf(body) {
  const chunks = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return short(Buffer.concat(chunks).toString())
}

/** What an app may abort with. */
export const REASONS = {
  nothing: undefined,
  text: 'enough',
  number: 7,
  error: new RangeError('mine'),
  domException: new DOMException('gone', 'AbortError'),
  timeout: new DOMException('late', 'TimeoutError'),
  null: null,
  object: { code: 'MINE' },
}

/** The faults of the server that every client is shown. */
export const ANSWERS = (
  'ok stream closing resetBeforeHead resetInHead resetInBody resetInLength closedBeforeHead cutLength cutChunked ' +
  'hints103 processing102 noContent noContentWithBody notModified redirect307 redirect302 redirectNowhere gzip gzipCut ' +
  'gzipLie gzipBomb gzipTwice deflateRaw brotli unknownEncoding sseError sseErrorFirst sseNoEnd sseGarbage badRequest ' +
  'unauthorized tooMany serverError htmlError notJson empty hugeHead manyHeaders repeatedHeaders latinHeader badHead ' +
  'badLength badChunk http10 trailers extraBytes switching early refused unknownHost notTls untrusted'
).split(' ')

/** The same scene for each of a list of names: `{ ok: run, stream: run }`. */
export function each(names, run) {
  return Object.fromEntries(names.map(name => [name, run]))
}

/** A scene for each reason: `hang_abort_text`. */
export function eachReason(prefix, run) {
  return Object.fromEntries(
    Object.entries(REASONS).map(([name, reason]) => [`${prefix}_${name}`, scene => run(scene, reason)]),
  )
}
