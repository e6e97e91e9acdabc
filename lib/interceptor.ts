import type { Tracer } from 'dd-trace'
import { createCalls } from './calls'
import type { Config, OutputName } from './config'
import { suppress } from './context'
import { tally } from './counters'
import { Lifecycle } from './lifecycle'
import { say } from './say'
import { createCallSink } from './sinks/calls'
import { type OpenOutput, OUTPUT_NAMES, OUTPUTS, type OutputParts } from './sinks/outputs'
import { untraced } from './tracer/untraced'
import { http } from './transport/http'
import { http2 } from './transport/http2'
import { undici } from './transport/undici'
import { createUnobserved } from './unobserved/unobserved'

/** Joins the parts; the only file that knows them all. */
export function run(config: Config, tracer: Tracer | undefined): Lifecycle {
  const parts = { config, tracer, unobserved: tracer === undefined ? suppress : untraced(tracer) }
  const outputs = OUTPUT_NAMES.filter(name => config.outputs.includes(name)).flatMap(name => opened(name, parts))
  const sinks = outputs.flatMap(output => output.sinks)
  const last = outputs.flatMap(output => output.last ?? [])
  const records = createCallSink(config)
  const calls = createCalls({
    config,
    // The call sink is last: what its hooks do must not delay the others.
    sinks: [...sinks, ...last, records],
    unobserved: createUnobserved(config, tracer),
    callersTrace: () => callersTrace(outputs),
  })
  const writers = outputs.flatMap(output => output.writers ?? [])
  return new Lifecycle(
    { config, calls, last, others: [...sinks, records], writers, exit: () => records.exit() },
    (open, concerns) => [undici, http, http2].map(tap => tap(open, concerns)),
  )
}

/** One that cannot be opened takes none of the others with it. */
function opened(name: OutputName, parts: OutputParts): OpenOutput[] {
  try {
    return [OUTPUTS[name].open(parts)]
  } catch (error) {
    tally(`swallowed.output.${name}`)
    say(`the output ${name} could not be started and is off: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

/** The first output that knows of one. */
function callersTrace(outputs: readonly OpenOutput[]): string {
  for (const output of outputs) {
    const trace = output.callersTrace?.() ?? ''
    if (trace !== '') return trace
  }
  return ''
}
