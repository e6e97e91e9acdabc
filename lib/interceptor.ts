import type { Tracer } from 'dd-trace'
import { createCalls } from './calls'
import type { Config } from './config'
import { suppress } from './context'
import { Lifecycle } from './lifecycle'
import { createCallSink } from './sinks/calls'
import { createLogWriter } from './sinks/intake/logs'
import { createLogSink } from './sinks/logs'
import { createMetricsSink } from './sinks/metrics'
import type { Sink } from './sinks/sink'
import { createSpanSink } from './sinks/spans'
import { callersTrace } from './tracer/callers-trace'
import { untraced } from './tracer/untraced'
import { http } from './transport/http'
import { http2 } from './transport/http2'
import { undici } from './transport/undici'
import { createUnobserved } from './unobserved/unobserved'

/** Joins the parts; the only file that knows them all. */
export function run(config: Config, tracer: Tracer | undefined): Lifecycle {
  const { site, apiKey, logsUrl, spoolDir } = config
  const asOurOwn = tracer === undefined ? suppress : untraced(tracer)
  const logs = config.logsEnabled
    ? createLogWriter({ site, apiKey, logsUrl, spoolDir, unobserved: asOurOwn })
    : undefined
  const metrics = createMetricsSink(config)
  const records = createCallSink(config)
  // The span sink is first: it gives the call the trace that the logs name.
  const named: readonly Sink[] = [
    ...(tracer === undefined ? [] : [createSpanSink(config, tracer)]),
    ...(logs === undefined ? [] : [createLogSink(config, logs)]),
  ]
  const calls = createCalls({
    config,
    // The call sink is last: what its hooks do must not delay the others.
    sinks: [...named, metrics, records],
    unobserved: createUnobserved(config, tracer),
    callersTrace: () => callersTrace(tracer),
  })
  return new Lifecycle(
    { config, calls, metrics, others: [...named, records], logs, exit: () => records.exit() },
    (open, concerns) => [undici, http, http2].map(tap => tap(open, concerns)),
  )
}
