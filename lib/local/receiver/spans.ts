import { decode } from '@msgpack/msgpack'

/** A span as the tracer sent it. */
export interface Span {
  /** Ids are decimal, the low 64 bits. */
  traceId: string
  spanId: string
  /** `0` for a root. */
  parentId: string
  name: string
  resource: string
  service: string
  type: string
  /** Nanoseconds since the epoch. */
  start: bigint
  /** Nanoseconds. */
  duration: number
  error: number
  meta: Record<string, string>
  metrics: Record<string, number>
}

/** Reads a payload of `/v0.4/traces`: maps with names. Throws if it is something else. */
export function decodeV04(payload: Uint8Array): Span[] {
  return listOf(unpack(payload))
    .flatMap(listOf)
    .map(span => spanOf(name => memberOf(span, name)))
}

const V05_ORDER = 'service name resource trace_id span_id parent_id start duration error meta metrics type'.split(' ')
const V05_TEXTS = new Set(['service', 'name', 'resource', 'type'])

/** Reads a payload of `/v0.5/traces`: a table of strings, and rows whose strings are places in it. */
export function decodeV05(payload: Uint8Array): Span[] {
  const [table, traces] = listOf(unpack(payload))
  const strings = listOf(table)
  const text = (place: unknown) => strings[Number(place)]
  const renamed = (map: unknown, value: (raw: unknown) => unknown) =>
    new Map([...entries(map)].map(([key, raw]) => [String(text(key)), value(raw)]))
  const read = (row: unknown[], name: string) => {
    const raw = row[V05_ORDER.indexOf(name)]
    if (name === 'meta') return renamed(raw, text)
    if (name === 'metrics') return renamed(raw, number => number)
    return V05_TEXTS.has(name) ? text(raw) : raw
  }
  return listOf(traces)
    .flatMap(listOf)
    .map(row => spanOf(name => read(listOf(row), name)))
}

function spanOf(get: (name: string) => unknown): Span {
  const text = (name: string) => String(get(name) ?? '')
  return {
    traceId: text('trace_id'),
    spanId: text('span_id'),
    parentId: text('parent_id'),
    name: text('name'),
    resource: text('resource'),
    service: text('service'),
    type: text('type'),
    start: BigInt(text('start')),
    duration: Number(get('duration')),
    error: Number(get('error')),
    meta: Object.fromEntries([...entries(get('meta'))].map(([key, value]) => [String(key), String(value)])),
    metrics: Object.fromEntries([...entries(get('metrics'))].map(([key, value]) => [String(key), Number(value)])),
  }
}

/** Ids and times are 64 bits wide: they come as bigint. */
function unpack(payload: Uint8Array): unknown {
  return decode(payload, { useBigInt64: true })
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError(`not a list: ${typeof value}`)
}

function entries(value: unknown): Iterable<[unknown, unknown]> {
  if (value instanceof Map) return value
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}
