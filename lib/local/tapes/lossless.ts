import type { Json } from '../../openai/json'

const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{}:,]/g

/** Undefined for what is not JSON, or would lose something on the way through a value: a doubled key, a long integer. */
export function parseLossless(text: string): Json | undefined {
  const value = parsedJson(text)
  if (value === undefined) return undefined
  const tokens = text.match(JSON_TOKEN) ?? []
  const again = JSON.stringify(value).match(JSON_TOKEN) ?? []
  const exact = tokens.every(token => !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)))
  return exact && tokens.length === again.length ? value : undefined
}

/** Undefined for what is not JSON. */
export function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
