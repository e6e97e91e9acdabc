import { callersTrace } from '../tracer/callers-trace'
import { llmobsBeside } from './beside-datadog'
import { createLogWriter } from './intake/logs'
import { createLogSink } from './logs'
import { createMetricsSink } from './metrics'
import type { OpenOutput, OutputParts } from './outputs'
import { createSpanSink } from './spans'

/** Spans, metrics and logs, each in Datadog's words. */
export function openDatadog(parts: OutputParts): OpenOutput {
  const { config, tracer, unobserved } = parts
  const { site, apiKey, logsUrl, spoolDir } = config
  const logs = config.logsEnabled ? createLogWriter({ site, apiKey, logsUrl, spoolDir, unobserved }) : undefined
  // What is turned off of dd-trace's is given here: its `openai` plugin made these spans too.
  const llmobs = llmobsBeside(parts)
  return {
    // The span sink is first: it gives the call the trace that the logs name.
    sinks: [
      ...(tracer === undefined ? [] : [createSpanSink(config, tracer)]),
      ...(logs === undefined ? [] : [createLogSink(config, logs)]),
      ...(llmobs?.sinks ?? []),
    ],
    last: [createMetricsSink(config, unobserved)],
    writers: [...(logs === undefined ? [] : [logs]), ...(llmobs?.writers ?? [])],
    callersTrace: () => callersTrace(tracer),
  }
}
