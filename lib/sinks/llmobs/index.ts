import type { Tracer } from 'dd-trace'
import type { Config } from '../../config'
import { type Context, contextHere } from '../../context-here'
import { tally } from '../../counters'
import type { Call, CallStart } from '../../openai/call'
import { type LlmobsParent, llmobsParent } from '../../tracer/llmobs-parent'
import type { FollowedProcessor } from '../../tracer/llmobs-processor'
import type { EventWriter } from '../intake'
import type { Sink } from '../sink'
import { TurnRoots } from '../turn-roots'
import { type LinkTarget, llmobsEvent } from './event'
import { MODEL_OPERATIONS } from './operations'
import { processed } from './processed'

export interface LlmobsSinkParts {
  readonly config: Config
  /** The process's dd-trace: the app may start it after us. */
  tracer(): Tracer | undefined
  readonly writer: EventWriter
  readonly processor: FollowedProcessor
}

/** A parent of that kind shows the call already: a framework's plugin made it (LangChain's, the AI SDK's). */
const MODEL_KINDS: ReadonlySet<string | undefined> = new Set(['llm', 'embedding'])

/** One span of LLM Observability for each call that a model answers, whether APM keeps its trace or not. */
export function createLlmobsSink(parts: LlmobsSinkParts): Pick<Sink, 'open'> {
  const roots = new TurnRoots<LinkTarget>()
  /** Those that sockets were opened in: what they carry belongs there, whoever’s turn it is when it comes. */
  const sessions = new WeakMap<CallStart, Context>()
  return {
    open(start) {
      const isModelCall = Object.hasOwn(MODEL_OPERATIONS, start.operation)
      if (!isModelCall && start.outlives !== true) return () => {}
      const tracer = parts.tracer()
      // The parent is asked for when the call has ended: on the app's stack its context is kept, and no more.
      const context = tracer === undefined ? undefined : contextOf(start, sessions)
      if (!isModelCall) return () => {}
      const end = (call: Call): void => {
        const parent = tracer === undefined ? undefined : context?.runInAsyncScope(() => llmobsParent(tracer))
        write(call, parent, parts, roots)
      }
      return Object.assign(end, { wantsSample: () => true })
    },
  }
}

function contextOf(start: CallStart, sessions: WeakMap<CallStart, Context>): Context {
  const context = (start.session && sessions.get(start.session)) ?? contextHere()
  if (start.outlives === true) sessions.set(start, context)
  return context
}

function write(
  call: Call,
  parent: LlmobsParent | undefined,
  { config, writer, processor }: LlmobsSinkParts,
  roots: TurnRoots<LinkTarget>,
): void {
  // Told again: only now is it known which credentials it echoes.
  const operation = MODEL_OPERATIONS[call.operation]
  if (operation === undefined) return
  if (MODEL_KINDS.has(parent?.kind)) {
    tally('llmobs.shown_by_parent')
    return
  }
  const event = llmobsEvent(call, { operation, config, parent, roots })
  const kept = processor.current === undefined ? event : processed(event, processor.current)
  if (kept !== undefined) writer.write(kept)
}
