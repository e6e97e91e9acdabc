import type { Context, Span, SpanContext, Tracer, TracerProvider } from '@opentelemetry/api'
import type { Config } from '../../config'
import { tally } from '../../counters'
import type { Call, CallStart } from '../../openai/call'
import { withoutContent } from '../../redact/content-filter'
import { sayOnce } from '../../say'
import { member } from '../../tracer/member'
import { ROOT_LINK, TurnRoots } from '../turn-roots'
import { CLIENT, ERROR, globalApi, withSpan } from './api'
import { attributesOf, startAttributes } from './attributes'
import { contentAttributes } from './content'
import { spanName } from './conventions'
import type { Hold } from './hold'
import { identityOf } from './identity'
import { parentContext } from './parent'
import { isDatadogs, registered, tracerOf } from './providers'
import { serverOf } from './server'
import { inSdk } from './troubles'

/** The span of a call that goes on. */
export interface OpenSpan {
  /** Where it is the active one; undefined if the SDK has no contexts. */
  readonly context: Context | undefined
  wantsContent(): boolean
  end(call: Call): void
}

/** Makes the span of each call with whichever tracer provider is registered when it begins. */
export class Spans {
  #of: TracerProvider | undefined
  #provider: unknown
  #tracer: Tracer | undefined
  /** Where the spans of sessions are active, for their parts. */
  readonly #sessions = new WeakMap<CallStart, Context>()
  readonly #roots = new TurnRoots<SpanContext>()

  constructor(
    private readonly config: Config,
    private readonly hold: Hold,
  ) {}

  /** On the app's stack. */
  open(start: CallStart): OpenSpan | undefined {
    const tracer = inSdk('tracer', () => this.#tracerNow())
    if (tracer === undefined) return undefined
    const parent = this.#parentOf(start)
    const span = inSdk('start', () =>
      tracer.startSpan(
        spanName(start.operation, start.model),
        { kind: CLIENT, startTime: start.startedAt, attributes: startAttributes(start, serverOf(start.api)) },
        parent,
      ),
    )
    if (span === undefined) return undefined
    const context = parent && withSpan(parent, span)
    if (start.outlives === true && context !== undefined) this.#sessions.set(start, context)
    // With dd-trace on, its span is the call's.
    const trace = start.trace ?? inSdk('identity', () => identityOf(span))
    if (trace !== undefined) start.trace = trace
    return {
      context,
      wantsContent: () => showsContent(this.config) && inSdk('attributes', () => span.isRecording()) === true,
      end: call => {
        inSdk('link', () => linkToRoot(span, call, this.#roots))
        endSpan(span, start, call, this.config)
      },
    }
  }

  #parentOf({ session }: CallStart): Context | undefined {
    if (session !== undefined) return this.#sessions.get(session)
    return inSdk('context', () => parentContext(globalApi().context?.active()))
  }

  #tracerNow(): Tracer | undefined {
    const { trace } = globalApi()
    if (trace === undefined) return noProvider()
    if (this.#of !== trace) {
      this.#of = trace
      this.#provider = registered(trace)
      this.#tracer = this.#tracerOf(trace)
    }
    if (this.hold.isDown(this.#provider)) afterShutdown()
    return this.#tracer
  }

  #tracerOf(provider: TracerProvider): Tracer | undefined {
    const tracer = tracerOf(provider)
    this.hold.on(this.#provider)
    if (!isDatadogs(tracer) || !this.config.outputs.includes('datadog')) return tracer
    sayOnce(
      'otel.datadogs',
      'OpenTelemetry’s tracer provider is dd-trace’s own, where the output datadog has a span of each call already: the ' +
        'output otel makes no second one',
    )
    return undefined
  }
}

function noProvider(): undefined {
  tally('otel.no_provider')
  // Metrics alone are a choice, and so is an SDK that is switched off.
  if (globalApi().metrics !== undefined || /^true$/i.test(process.env.OTEL_SDK_DISABLED ?? '')) return
  sayOnce(
    'otel.provider',
    'no OpenTelemetry tracer provider is registered yet, so calls have no spans there; start the SDK before the first ' +
      'call, as with: node --require ./otel.js --require interceptor/register app.js',
  )
}

function afterShutdown(): void {
  tally('otel.after_shutdown')
  sayOnce('otel.shutdown', 'calls go on after the OpenTelemetry SDK was shut down: the SDK drops their spans')
}

export function showsContent({ captureContent, otelContent, genAiContent }: Config): boolean {
  return captureContent && (otelContent ?? genAiContent)
}

/** Spans of SDKs before the API's 1.9 take no link when they have begun. */
function linkToRoot(span: Span, { turn }: Call, roots: TurnRoots<SpanContext>): void {
  const root = roots.rootOf(turn, () => span.spanContext())
  if (root !== undefined && typeof member(span, 'addLink') === 'function')
    span.addLink({ context: root, attributes: ROOT_LINK })
}

function endSpan(span: Span, start: CallStart, whole: Call, config: Config): void {
  const withContent = showsContent(config)
  // Messages of errors and values of `metadata` may echo what was asked.
  const call = withContent ? whole : withoutContent(whole, config.metricTags)
  inSdk('attributes', () => {
    if (!span.isRecording()) return
    span.updateName(spanName(call.operation, call.model))
    // What the path told may have been taken out since, as a credential.
    if (start.model !== undefined && call.model === undefined) span.setAttribute('gen_ai.request.model', '')
    span.setAttributes(attributesOf(call, withContent ? contentAttributes(call) : {}))
    if (call.error !== undefined) span.setStatus({ code: ERROR, message: call.error.message })
  })
  inSdk('end', () => span.end(whole.startedAt + whole.durationMs))
}
