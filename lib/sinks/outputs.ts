import type { Tracer } from 'dd-trace'
import type { Config, OutputName } from '../config'
import type { EventWriter } from './intake'
import type { Sink } from './sink'

/** What an output may use. */
export interface OutputParts {
  readonly config: Config
  /** The process's dd-trace: only where an output that is on asks for it, and it is installed. */
  readonly tracer: Tracer | undefined
  /** Runs a request of ours so that it is not taken for one of the app's. */
  readonly unobserved: <T>(fn: () => T) => T
  /** Resolves when every call that has ended is with the sinks. */
  read(): Promise<void>
  /** How many calls there are that are not. */
  pending(): number
}

/** An output that is on. */
export interface OpenOutput {
  /** In the order in which they are given each call: the one that gives the call its trace is first. */
  readonly sinks: readonly Sink[]
  /** Sinks that also tell what became of the others, and so are flushed and stopped after them. */
  readonly last?: readonly Sink[]
  /** What has a queue: the end of the process waits for it, and keeps what is left. */
  readonly writers?: readonly EventWriter[]
  /** The trace that the app's code is in now; empty if in none. */
  callersTrace?(): string
}

interface Output {
  readonly about: string
  /** Looks for dd-trace, starts it, and says so where it is not installed. */
  readonly usesTracer: boolean
  open(parts: OutputParts): OpenOutput
}

// Loaded only where they are on.
const datadog: () => typeof import('./datadog') = () => require('./datadog')
const otel: () => typeof import('./otel') = () => require('./otel')
const llmobs: () => typeof import('./llmobs/open') = () => require('./llmobs/open')

/** Who can be sent the calls, by the name in `INTERCEPTOR_OUTPUTS`. Opened in this order. */
export const OUTPUTS: Readonly<Record<OutputName, Output>> = {
  datadog: {
    about: 'spans by dd-trace, metrics by DogStatsD, logs by their intake',
    usesTracer: true,
    open: parts => datadog().openDatadog(parts),
  },
  otel: {
    about: 'spans and metrics through the OpenTelemetry SDK of the app',
    usesTracer: false,
    open: parts => otel().openOtel(parts),
  },
  llmobs: {
    about: 'spans of LLM Observability, through the Agent or straight to the intake',
    usesTracer: false,
    open: parts => llmobs().openLlmobs(parts),
  },
}

export const OUTPUT_NAMES = Object.keys(OUTPUTS).filter(isOutputName)

export function isOutputName(name: string): name is OutputName {
  return Object.hasOwn(OUTPUTS, name)
}
