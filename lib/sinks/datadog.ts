import { callersTrace } from '../tracer/callers-trace'
import { createLogWriter } from './intake/logs'
import { createLogSink } from './logs'
import { createMetricsSink } from './metrics'
import type { OpenOutput, OutputParts } from './outputs'
import { createSpanSink } from './spans'

/** Spans, metrics and logs, each in Datadog's words. */
export function openDatadog({ config, tracer, unobserved }: OutputParts): OpenOutput {
  const { site, apiKey, logsUrl, spoolDir } = config
  const logs = config.logsEnabled ? createLogWriter({ site, apiKey, logsUrl, spoolDir, unobserved }) : undefined
  return {
    // The span sink is first: it gives the call the trace that the logs name.
    sinks: [
      ...(tracer === undefined ? [] : [createSpanSink(config, tracer)]),
      ...(logs === undefined ? [] : [createLogSink(config, logs)]),
    ],
    last: [createMetricsSink(config, unobserved)],
    writers: logs === undefined ? [] : [logs],
    callersTrace: () => callersTrace(tracer),
  }
}
