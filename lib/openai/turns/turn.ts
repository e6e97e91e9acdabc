import { randomUUID } from 'node:crypto'
import { digest } from '../../digest'
import type { TraceIdentity, TurnFacts } from '../call'
import type { ToolCall } from './prompt'

/** Different tool calls that are remembered of one turn. */
const MOST_TOOLS = 256

/** Calls that follow from each other. */
export class Turn {
  readonly id = randomId()
  readonly root: TurnFacts['root']
  /** Made with the first tool call: most turns are one call without any. */
  #tools: Map<string, { times: number; index: number }> | undefined

  constructor(trace: TraceIdentity | undefined) {
    if (trace === undefined) return
    const { traceId, spanId, hexTraceId } = trace
    this.root = { traceId, spanId, ...(hexTraceId === undefined ? {} : { hexTraceId }) }
  }

  /** How many earlier calls of the turn asked for the same tool with the same arguments: the most of an answer's tools. */
  repeats(calls: readonly ToolCall[], index: number): number {
    return Math.max(0, ...calls.map(({ what }) => this.#count(what, index)))
  }

  /** Not what is asked again in the same place: that is another answer to one question. */
  #count(what: string, index: number): number {
    const key = digest('sha1', what)
    this.#tools ??= new Map()
    const known = this.#tools.get(key)
    if (known === undefined) {
      if (this.#tools.size < MOST_TOOLS) this.#tools.set(key, { times: 1, index })
      return 0
    }
    if (known.index >= index) return known.times - 1
    known.times += 1
    known.index = index
    return known.times - 1
  }
}

/** 16 hexadecimal digits. Of an UUID, for which Node keeps random bytes ready: 0.1 µs, asked for by themselves 1.7. */
function randomId(): string {
  const uuid = randomUUID()
  return uuid.slice(0, 8) + uuid.slice(-8)
}
