import { at, field, type Json, list, num, str } from '../../openai/json'

export type OtlpValue = string | number | boolean | OtlpValue[] | null
export type OtlpAttributes = Readonly<Record<string, OtlpValue>>

export interface OtlpScope {
  readonly name: string
  readonly version: string
  readonly schemaUrl: string
}

export interface OtlpSpan {
  readonly name: string
  /** 3: client. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty at a root. */
  readonly parentSpanId: string
  /** Nanoseconds. */
  readonly start: bigint
  readonly duration: number
  /** 2: error. */
  readonly status: { readonly code: number; readonly message: string }
  readonly attributes: OtlpAttributes
  readonly droppedAttributes: number
  readonly scope: OtlpScope
  readonly resource: OtlpAttributes
}

/** One point of a histogram. */
export interface OtlpPoint {
  readonly name: string
  readonly unit: string
  readonly count: number
  readonly sum: number
  readonly bounds: readonly number[]
  readonly attributes: OtlpAttributes
  readonly exemplarSpans: readonly string[]
  readonly scope: OtlpScope
}

/** Every span of an `ExportTraceServiceRequest` in JSON. */
export function decodeSpans(payload: unknown): OtlpSpan[] {
  return list(field(payload, 'resourceSpans')).flatMap(resource =>
    list(field(resource, 'scopeSpans')).flatMap(scoped =>
      list(field(scoped, 'spans')).map(span => spanOf(span, scopeOf(scoped), resourceOf(resource))),
    ),
  )
}

function spanOf(span: Json, scope: OtlpScope, resource: OtlpAttributes): OtlpSpan {
  const start = nanoseconds(field(span, 'startTimeUnixNano'))
  return {
    name: textOf(field(span, 'name')),
    kind: num(field(span, 'kind')) ?? 0,
    traceId: textOf(field(span, 'traceId')),
    spanId: textOf(field(span, 'spanId')),
    parentSpanId: textOf(field(span, 'parentSpanId')),
    start,
    duration: Number(nanoseconds(field(span, 'endTimeUnixNano')) - start),
    status: { code: num(at(span, 'status', 'code')) ?? 0, message: textOf(at(span, 'status', 'message')) },
    attributes: attributesOf(field(span, 'attributes')),
    droppedAttributes: num(field(span, 'droppedAttributesCount')) ?? 0,
    scope,
    resource,
  }
}

/** Every point of every histogram of an `ExportMetricsServiceRequest` in JSON. */
export function decodeMetrics(payload: unknown): OtlpPoint[] {
  return list(field(payload, 'resourceMetrics')).flatMap(resource =>
    list(field(resource, 'scopeMetrics')).flatMap(scoped =>
      list(field(scoped, 'metrics')).flatMap(metric =>
        list(at(metric, 'histogram', 'dataPoints')).map(point => pointOf(metric, point, scopeOf(scoped))),
      ),
    ),
  )
}

function pointOf(metric: Json, point: Json, scope: OtlpScope): OtlpPoint {
  return {
    name: textOf(field(metric, 'name')),
    unit: textOf(field(metric, 'unit')),
    count: Number(field(point, 'count')),
    sum: num(field(point, 'sum')) ?? 0,
    bounds: list(field(point, 'explicitBounds')).flatMap(bound => num(bound) ?? []),
    attributes: attributesOf(field(point, 'attributes')),
    exemplarSpans: list(field(point, 'exemplars')).map(exemplar => textOf(field(exemplar, 'spanId'))),
    scope,
  }
}

function scopeOf(scoped: Json): OtlpScope {
  return {
    name: textOf(at(scoped, 'scope', 'name')),
    version: textOf(at(scoped, 'scope', 'version')),
    schemaUrl: textOf(field(scoped, 'schemaUrl')),
  }
}

function resourceOf(resource: Json): OtlpAttributes {
  return attributesOf(at(resource, 'resource', 'attributes'))
}

function attributesOf(pairs: Json | undefined): OtlpAttributes {
  return Object.fromEntries(list(pairs).map(pair => [textOf(field(pair, 'key')), attributeValue(field(pair, 'value'))]))
}

function attributeValue(value: Json | undefined): OtlpValue {
  const items = at(value, 'arrayValue', 'values')
  if (Array.isArray(items)) return items.map(attributeValue)
  const whole = field(value, 'intValue')
  if (whole !== undefined) return Number(whole)
  const other = field(value, 'stringValue') ?? field(value, 'doubleValue') ?? field(value, 'boolValue')
  return typeof other === 'string' || typeof other === 'number' || typeof other === 'boolean' ? other : null
}

/** As text, since a number has no room for them. */
function nanoseconds(value: Json | undefined): bigint {
  return typeof value === 'string' || typeof value === 'number' ? BigInt(value) : 0n
}

function textOf(value: Json | undefined): string {
  return str(value) ?? ''
}
