import type { Tracer } from 'dd-trace'
import { type CallsParts, createCalls } from './calls'
import type { Config, OutputName } from './config'
import { suppress } from './context'
import { tally } from './counters'
import { Lifecycle } from './lifecycle'
import { say } from './say'
import { createCallSink } from './sinks/calls'
import type { LiveSink } from './sinks/live'
import type { LiveTarget } from './sinks/live/target'
import { type OpenOutput, OUTPUT_NAMES, OUTPUTS, type OutputParts } from './sinks/outputs'
// Here for its time of loading only.
import './node-http'
import { untraced } from './tracer/untraced'
import { http } from './transport/http'
import { http2 } from './transport/http2'
import { undici } from './transport/undici'
import { createUnobserved, looksExported } from './unobserved/unobserved'

/** What is to be run in this process. */
export interface RunParts {
  readonly config: Config
  /** Those that are on. */
  readonly outputs: readonly OutputName[]
  readonly tracer: Tracer | undefined
  /** The `interceptor` command that this process runs under. */
  readonly live: LiveTarget | undefined
}

const loadDebug: () => typeof import('./debug') = () => require('./debug')
const loadLive: () => typeof import('./sinks/live') = () => require('./sinks/live')

/** Joins the parts; the only file that knows them all. */
export function run({ config, outputs: names, tracer, live: target }: RunParts): Lifecycle {
  const parts: OutputParts = {
    config,
    tracer,
    unobserved: tracer === undefined ? suppress : untraced(tracer),
    read: async () => calls.done(),
    pending: () => calls.pending,
  }
  const outputs = OUTPUT_NAMES.filter(name => names.includes(name)).flatMap(name => opened(name, parts))
  const sinks = outputs.flatMap(output => output.sinks)
  const last = outputs.flatMap(output => output.last ?? [])
  const records = createCallSink(config)
  const live = target === undefined ? [] : [loadLive().createLiveSink(target, parts.unobserved)]
  const debug = config.debug ? [loadDebug().createDebugSink({ ...config, outputs: names })] : []
  const calls = createCalls({
    config,
    // The call sink is last: what its hooks do must not delay the others.
    sinks: [...sinks, ...last, ...live, ...debug, records],
    unobserved: createUnobserved(config, tracer),
    callersTrace: () => callersTrace(outputs),
    passedOver: passedOverOf(config.debug, live),
  })
  const writers = outputs.flatMap(output => output.writers ?? [])
  const exit = (): void => {
    // Somebody looks at this run: what ended with it is shown, though it could not be read any more.
    if (live.length > 0) calls.giveUp()
    for (const sink of [...live, records]) sink.exit()
  }
  return new Lifecycle(
    { config, calls, last, others: [...sinks, ...live, ...debug, records], writers, exit },
    (open, concerns) => [undici, http, http2].map(tap => tap(open, concerns)),
  )
}

/** Nobody who wants to know: nothing is asked on the way of a request. */
function passedOverOf(debug: boolean, live: readonly LiveSink[]): CallsParts['passedOver'] {
  if (!debug && live.length === 0) return undefined
  return (opening, why) => {
    const known = why === 'host' && looksExported(opening) ? 'exporter' : why
    if (debug) loadDebug().sayPassedOver(opening, known)
    if (known === 'host') for (const sink of live) sink.passedOver(opening)
  }
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
