import type { Tracer } from 'dd-trace'
import { defined } from '../openai/read/headers'
import { member } from './member'

/** The span of LLM Observability that the app's code is in. */
export interface LlmobsParent {
  readonly traceId: string
  readonly spanId: string
  /** `workflow`, `agent`, `llm` … */
  readonly kind?: string
  readonly mlApp?: string
  readonly sessionId?: string
  readonly sampleRate?: string
  readonly samplingDecision?: string
  /** The nearest agent above: itself, if it is one. */
  readonly agent?: { readonly name?: string; readonly spanId: string }
}

/**
 * The app's own span of LLM Observability, or the one of the service that called it. Asked in the context of whoever
 * makes the call: 3 µs, 7 where there is none, since the tracer throws then.
 *
 * Its ids are what `exportSpan` gives. Session, kind and what was decided about sampling are in the tracer's private
 * record of the span only (5.132 and 6.21); where that has moved, the span is a child without them.
 */
export function llmobsParent(tracer: Tracer): LlmobsParent | undefined {
  if (member(tracer.llmobs, 'enabled') !== true) return undefined
  return localParent(tracer) ?? callersParent(tracer)
}

/** Is LLM Observability on in this tracer? The app may turn it on in code. */
export function hasLlmobs(tracer: Tracer): boolean {
  return member(tracer.llmobs, 'enabled') === true
}

function localParent(tracer: Tracer): LlmobsParent | undefined {
  const ids = exported(tracer)
  if (ids === undefined) return undefined
  const text = textsOf(recordOf(tracer))
  return { ...ids, ...defined({ kind: text('_ml_obs.meta.span.kind'), ...inherited(text, ids.spanId) }) }
}

function exported({ llmobs }: Tracer): { traceId: string; spanId: string } | undefined {
  try {
    return llmobs.exportSpan()
  } catch {
    // The app is in none.
    return undefined
  }
}

function recordOf({ llmobs }: Tracer): unknown {
  const active = member(llmobs, '_active')
  const record = member(member(member(llmobs, '_tagger'), 'constructor'), 'tagMap')
  if (typeof active !== 'function' || !(record instanceof WeakMap)) return undefined
  const span: unknown = Reflect.apply(active, llmobs, [])
  return typeof span === 'object' && span !== null ? record.get(span) : undefined
}

type Texts = (name: string) => string | undefined

function textsOf(record: unknown): Texts {
  return name => {
    const value = member(record, name)
    return typeof value === 'string' ? value : undefined
  }
}

function inherited(text: Texts, spanId: string): Partial<LlmobsParent> {
  const isAgent = text('_ml_obs.meta.span.kind') === 'agent'
  const agentId = isAgent ? spanId : text('_ml_obs.parent_agent_span_id')
  const agentName = text(isAgent ? '_ml_obs.name' : '_ml_obs.parent_agent_name')
  return defined({
    mlApp: text('_ml_obs.meta.ml_app'),
    sessionId: text('_ml_obs.session_id'),
    sampleRate: text('_ml_obs.sample_rate'),
    samplingDecision: text('_ml_obs.sampling_decision'),
    agent: agentId === undefined ? undefined : defined({ spanId: agentId, name: agentName }),
  })
}

/** Of the service that called this one, as it came with the request. */
function callersParent(tracer: Tracer): LlmobsParent | undefined {
  const tags = member(member(tracer.scope().active()?.context(), '_trace'), 'tags')
  const text = textsOf(tags)
  const spanId = text('_dd.p.llmobs_parent_id')
  const traceId = hexOf(text('_dd.p.llmobs_trace_id'))
  if (spanId === undefined || traceId === undefined) return undefined
  const agentId = text('_dd.p.llmobs_pagent_span_id')
  return defined({
    traceId,
    spanId,
    mlApp: text('_dd.p.llmobs_ml_app'),
    sessionId: text('_dd.p.llmobs_sid'),
    sampleRate: text('_dd.p.llmobs_sr'),
    samplingDecision: text('_dd.p.llmobs_sd'),
    agent: agentId === undefined ? undefined : defined({ spanId: agentId, name: text('_dd.p.llmobs_pagent_name') }),
  })
}

/** Ids travel in decimal and are shown in hexadecimal. */
function hexOf(id: string | undefined): string | undefined {
  if (id === undefined || /^[0-9a-f]{32}$/i.test(id)) return id
  return /^\d{1,39}$/.test(id) ? BigInt(id).toString(16).padStart(32, '0') : undefined
}
