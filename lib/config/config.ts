import type { CallHook } from '../openai/call'

/** Names of outputs; what each is stands in the table of `sinks/outputs.ts`. */
export type OutputName = 'datadog' | 'otel' | 'llmobs'

/** Every setting, validated and frozen. The table of them, with the environment's names, stands in `rows.ts`. */
export interface Config {
  readonly enabled: boolean
  readonly startTracer: boolean
  /** dd-trace may put the ids of its traces into the headers of requests to the recognised hosts. */
  readonly propagate: boolean
  /** Who is sent the calls. Empty: only the app's own functions and file. */
  readonly outputs: readonly OutputName[]
  /** Unified service tagging. */
  readonly service: string | undefined
  readonly env: string | undefined
  readonly version: string | undefined
  /** Service name of the OpenAI spans, metrics and logs; the app's where unset. */
  readonly openaiService: string | undefined
  readonly site: string
  readonly apiKey: string | undefined

  readonly hosts: readonly string[]
  readonly openaiBaseUrl: string | undefined
  readonly azureEndpoint: string | undefined

  readonly maxBodyBytes: number
  readonly maxTotalBytes: number
  /** Tell which calls follow from each other. */
  readonly turns: boolean
  readonly idleTimeoutMs: number

  readonly captureContent: boolean
  /** Names of built-in patterns. */
  readonly redactPatterns: readonly string[]
  /** The app's own, in code only: gets each prompt and output and gives what may leave. */
  readonly redact: RedactHook | undefined
  readonly spanCharLimit: number
  readonly spanSampleRate: number
  readonly logSampleRate: number

  /** Prompts and outputs on OpenTelemetry's spans; undefined: as `genAiContent` says, which is every instrumentation's. */
  readonly otelContent: boolean | undefined
  readonly genAiContent: boolean

  readonly metricsEnabled: boolean
  readonly metricTags: readonly string[]
  readonly dogstatsdUrl: string | undefined
  readonly agentHost: string | undefined
  readonly dogstatsdPort: number
  readonly prices: string | undefined
  readonly priceList: string | undefined

  readonly logsEnabled: boolean
  readonly logsUrl: string | undefined
  /** LLM Observability, by the variables that Datadog's own tracer knows. */
  readonly llmobsEnabled: boolean | undefined
  readonly llmobsMlApp: string | undefined
  /** Undefined: through the agent if it is there, else straight to the intake. */
  readonly llmobsAgentless: boolean | undefined
  readonly llmobsSampleRate: number
  readonly llmobsUrl: string | undefined
  readonly spoolDir: string | undefined
  readonly exitTimeoutMs: number

  /** Are given each call that has ended. In code only, one at a time: that of a later start is added. */
  readonly onCall: readonly CallHook[]
  /** A file that is appended one JSON object a call. */
  readonly file: string | undefined
  /** Says what is observed, what not and why, and what becomes of it. */
  readonly debug: boolean
}

/**
 * Redacts one text before it leaves the process; `where` names it (`request.messages.0.content`). If it throws or gives
 * no string, the text is left out.
 */
export type RedactHook = (value: string, where: string) => string

export type ConfigKey = keyof Config

/** Settings given in code. They go before the environment's; what cannot be used is said in one line and left. */
export interface Settings extends Partial<Omit<Config, 'onCall'>> {
  readonly onCall?: CallHook | undefined
}
