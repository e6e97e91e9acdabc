/** Headers by lower-case name; repeated ones joined as HTTP does. */
export type Headers = ReadonlyMap<string, string>

/**
 * Servers refuse requests of more than some 100 headers, or 16 kB of them; what a client was set up to take and send beyond
 * that is not read: 5,000 budgets of a rate limit took 16 ms.
 */
const MOST_HEADERS = 1_000

/** Reads `[name, value, name, value …]`, values and names as text, bytes or lists of them. */
export function headersFromPairs(pairs: readonly unknown[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (let i = 0; i + 1 < pairs.length; i += 2) addHeader(headers, pairs[i], pairs[i + 1])
  return headers
}

export function headersFromObject(object: object): Map<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(object)) addHeader(headers, name, value)
  return headers
}

/** undici 5 keeps its request headers as they go on the wire. */
export function headersFromText(text: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) addHeader(headers, line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return headers
}

function addHeader(headers: Map<string, string>, name: unknown, value: unknown): void {
  if (Array.isArray(value)) {
    for (const each of value) addHeader(headers, name, each)
    return
  }
  if (value === undefined || value === null) return
  const key = textOf(name).toLowerCase()
  const before = headers.get(key)
  if (before === undefined && headers.size >= MOST_HEADERS) return
  headers.set(key, before === undefined ? textOf(value) : `${before}, ${textOf(value)}`)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (!(value instanceof Uint8Array)) return String(value)
  // Header bytes are latin-1 by the letter of HTTP. Of a view, as a copy costs more than the text.
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
}
