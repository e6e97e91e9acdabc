import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import { suppress } from '../../context'
import type { Call } from '../../openai/call'
import { member } from '../../tracer/member'
import type { OpenOutput, OutputParts } from '../outputs'
import type { Sink } from '../sink'
import { globalApi, spanIn } from './api'
import { Hold } from './hold'
import { Histograms } from './metrics'
import { asked, registered } from './providers'
import { Spans } from './spans'
import { failed, inSdk } from './troubles'

/**
 * Spans and histograms by OpenTelemetry's conventions for generative AI, through the providers that the app has
 * registered. SDK, exporters, sampling and resource are the app's own: nothing of them is started, and at the process's
 * end nothing of them is flushed; that is its `shutdown`'s part, which waits for us.
 */
export function openOtel({ config, read, pending }: OutputParts): OpenOutput {
  const hold = new Hold({ pending, read, mostMs: () => config.exitTimeoutMs })
  const spans = new Spans(config, hold)
  const histograms = new Histograms(hold)
  const sink: Sink = {
    open(start) {
      const span = spans.open(start)
      histograms.prepare()
      const end = (call: Call): void => {
        histograms.record(call, span?.context)
        span?.end(call)
      }
      return Object.assign(end, { wantsSample: () => span?.wantsContent() === true })
    },
    flush: async (_withinMs, isAsked) => {
      if (isAsked) await flushed()
    },
    stop: async () => hold.undo(),
  }
  return { sinks: [sink], callersTrace }
}

/** What the SDK holds back, where the app asks for it. */
async function flushed(): Promise<void> {
  const { trace, metrics } = globalApi()
  const providers = [trace, metrics].filter(provider => provider !== undefined)
  const flush = async (provider: TracerProvider | MeterProvider): Promise<unknown> =>
    suppress(() => asked(registered(provider), 'forceFlush'))
  for (const result of await Promise.allSettled(providers.map(flush))) {
    if (result.status === 'rejected') failed('flush', result.reason)
  }
}

/** The trace that the app's code is in now. */
function callersTrace(): string {
  return inSdk('context', activeTrace) ?? ''
}

function activeTrace(): string | undefined {
  const traceId = member(asked(spanIn(globalApi().context?.active()), 'spanContext'), 'traceId')
  return typeof traceId === 'string' ? traceId : undefined
}
