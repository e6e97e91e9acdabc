import { randomBytes } from 'node:crypto'
import type { Call } from '../../openai/call'
import type { LlmobsParent } from '../../tracer/llmobs-parent'
import { sampled } from '../sampling'

/** Where a span stands: in which trace, under whom, and which span of APM says the same. */
export interface Place {
  readonly spanId: string
  readonly traceId: string
  readonly parentId: string
  /** Of APM, where there is a tracer. */
  readonly apmTraceId: string | undefined
  readonly sampleRate: string | undefined
  readonly samplingDecision: string | undefined
}

/** What a span without a parent says. */
export const NO_PARENT = 'undefined'

/**
 * The span has the id that it has in APM. A trace of LLM Observability has an id of its own, which its first span makes;
 * the first one also decides for all of them whether they are kept.
 */
export function placeOf({ trace, startedAt }: Call, parent: LlmobsParent | undefined, rate: number): Place {
  const spanId = trace?.spanId ?? randomSpanId().toString()
  const traceId = parent?.traceId ?? newTraceId(startedAt)
  return {
    spanId,
    traceId,
    parentId: parent?.spanId ?? NO_PARENT,
    apmTraceId: trace?.hexTraceId ?? trace?.traceId,
    ...(parent === undefined
      ? { sampleRate: String(rate), samplingDecision: sampled(trace?.samplingId ?? BigInt(spanId), rate) ? '1' : '0' }
      : { sampleRate: parent.sampleRate, samplingDecision: parent.samplingDecision }),
  }
}

/** 64 bits, never 0. */
function randomSpanId(): bigint {
  return randomBytes(8).readBigUInt64BE() || 1n
}

/** 128 bits as dd-trace makes them: seconds, four bytes of nothing, 64 random bits. */
function newTraceId(startedAt: number): string {
  const seconds = Math.floor(startedAt / 1000)
    .toString(16)
    .padStart(8, '0')
    .slice(-8)
  return `${seconds}00000000${randomBytes(8).toString('hex')}`
}
