import type { Config } from '../config'
import { fromEnvironment } from '../config/answers'
import { listNamed } from '../openai/price/list-age'
import { readListFile } from '../openai/price/list-file'
import { bundledList } from '../openai/price/list-in-use'
import { readOwnPrices } from '../openai/price/own'
import { fingerprint } from '../openai/read/credentials'
import { createHosts } from '../openai/recognise/hosts'
import { PATTERNS } from '../redact/patterns'
import { logIntakeUrl } from '../sinks/intake/logs'
import { destinationOf, destinationText } from '../sinks/metrics/destination'
import { agentUrl } from '../tracer/agent-url'
import { collisionsOf } from './collisions'
import { isLlmobsOn, llmobsWays } from './llmobs'
import { keyShown, urlShown } from './secrets'

export interface SettingsSection {
  readonly title: string
  /** A text may have several lines. */
  readonly rows: readonly (readonly [label: string, text: string])[]
}

/** Recognised unasked, a line each of a kind; `openai/hosts.ts` has the rules. */
export const BUILT_IN_HOSTS: readonly (readonly string[])[] = [
  ['api.openai.com', '*.api.openai.com'],
  ['*.openai.azure.com', '*.openai.azure.us', '*.openai.azure.cn'],
  ['*.cognitiveservices.azure.com', '*.cognitiveservices.azure.us', '*.cognitiveservices.azure.cn'],
  ['*.services.ai.azure.com', '*.azure-api.net'],
  ['bedrock-mantle.*.api.aws', 'bedrock-runtime.*.amazonaws.com', '*-aiplatform.googleapis.com'],
]

export const NO_VALUE = '-'

/** What is observed here, and what of it is sent where: in words, without a secret. */
export function settingsOf(config: Config, env: NodeJS.ProcessEnv): SettingsSection[] {
  return [
    {
      title: 'recognised',
      rows: [
        ['built in', BUILT_IN_HOSTS.map(hosts => hosts.join(', ')).join('\n')],
        ['OPENAI_BASE_URL', hostsShown(config.openaiBaseUrl === undefined ? [] : [config.openaiBaseUrl])],
        ['AZURE_OPENAI_ENDPOINT', hostsShown(config.azureEndpoint === undefined ? [] : [config.azureEndpoint])],
        ['INTERCEPTOR_HOSTS', hostsShown(config.hosts)],
        ['collisions', collisionsOf(config, env).join('\n') || NO_VALUE],
        ['OPENAI_API_KEY', env.OPENAI_API_KEY ? `${fingerprint(env.OPENAI_API_KEY)} on spans and metrics` : NO_VALUE],
      ],
    },
    {
      title: 'sent',
      rows: sentOf(config, env),
    },
    {
      title: 'content',
      rows: [
        ['prompts and outputs', contentOf(config, env)],
        ['redacted', redactedOf(config)],
        ['bodies read', `up to ${bytes(config.maxBodyBytes)} a side, ${bytes(config.maxTotalBytes)} in all`],
        ['prices', pricesOf(config)],
      ],
    },
  ]
}

function sentOf(config: Config, env: NodeJS.ProcessEnv): SettingsSection['rows'] {
  const { outputs, metricsEnabled } = config
  const isDefault = outputs.length === 1 && outputs[0] === 'datadog'
  const metricsTo = metricsEnabled
    ? destinationText(destinationOf(config))
    : 'nowhere: DD_OPENAI_METRICS_ENABLED is false'
  return [
    ['as', identity(config)],
    ...(isDefault ? [] : [['outputs', outputs.join(', ') || 'none'] as const]),
    ...(outputs.includes('datadog')
      ? [
          ['spans to', spansTo(config, env)] as const,
          ['metrics to', metricsTo] as const,
          ['logs to', logsTo(config)] as const,
        ]
      : []),
    ...(outputs.includes('otel') ? [['OpenTelemetry', otelTo(config, env)] as const] : []),
    ...(isLlmobsOn(config) ? [['LLM Observability', llmobsTo(config, env)] as const] : []),
  ]
}

function llmobsTo(config: Config, env: NodeJS.ProcessEnv): string {
  const ways = llmobsWays(config, env).map(({ url, socketPath }) =>
    socketPath === undefined ? urlShown(url.href) : `unix://${socketPath}`,
  )
  return `${ways.join(', else ') || 'nowhere'}\n${config.captureContent ? 'with' : 'without'} prompts and outputs`
}

/** Where they go only the app's own SDK knows. */
function otelTo(config: Config, env: NodeJS.ProcessEnv): string {
  const { captureContent, otelContent, genAiContent } = config
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT
  const isShown = captureContent && (otelContent ?? genAiContent)
  return [
    `through the SDK that the app starts${endpoint ? `; the environment names ${urlShown(endpoint)}` : ''}`,
    isShown ? 'with prompts and outputs' : 'without prompts and outputs',
  ].join('\n')
}

function hostsShown(entries: readonly string[]): string {
  return entries.map(entry => urlShown(entry) + (isUsable(entry) ? '' : ' (left out: no host)')).join(', ') || NO_VALUE
}

function isUsable(entry: string): boolean {
  let usable = true
  createHosts({ hosts: [entry], openaiBaseUrl: undefined, azureEndpoint: undefined }, () => {
    usable = false
  })
  return usable
}

function identity({ openaiService, service, env, version, enabled }: Config): string {
  const named = [
    `service ${openaiService ?? service ?? NO_VALUE}`,
    `env ${env ?? NO_VALUE}`,
    `version ${version ?? NO_VALUE}`,
  ].join(', ')
  return enabled ? named : `${named}; but nothing is observed: INTERCEPTOR_ENABLED is false`
}

function spansTo({ startTracer }: Config, env: NodeJS.ProcessEnv): string {
  const to = urlShown(agentUrl(env) ?? `${env.DD_TRACE_AGENT_URL}, which is no URL`)
  return startTracer ? to : `${to}, unless the app’s tracer.init() says otherwise`
}

function logsTo(config: Config): string {
  if (!config.logsEnabled) return 'nowhere: DD_OPENAI_LOGS_ENABLED is not true'
  const key = config.apiKey === undefined ? 'no DD_API_KEY' : `DD_API_KEY ${keyShown(config.apiKey)}`
  return `${urlShown(logIntakeUrl(config).href)} (${config.logsUrl === undefined ? `site ${config.site}, ` : ''}${key})`
}

function contentOf(config: Config, env: NodeJS.ProcessEnv): string {
  const { captureContent, spanSampleRate, spanCharLimit, logsEnabled, logSampleRate } = config
  if (!captureContent) {
    const off = fromEnvironment(env).table.captureContent
    const isOff = off !== undefined && 'value' in off && !off.value
    return `never leave: ${isOff ? 'INTERCEPTOR_CAPTURE_CONTENT is false' : 'a setting about them cannot be read'}`
  }
  const onSpans = `on spans of ${share(spanSampleRate)}, cut to ${spanCharLimit} characters`
  return logsEnabled ? `${onSpans}; in full in logs of ${share(logSampleRate)}` : onSpans
}

function share(rate: number): string {
  if (rate === 1) return 'all traces'
  return rate === 0 ? 'no trace' : `${Number((rate * 100).toPrecision(3))} % of traces`
}

function redactedOf({ redactPatterns }: Config): string {
  const named = redactPatterns.map(name => (Object.hasOwn(PATTERNS, name) ? name : `${name} (no such pattern)`))
  return ['the call’s own key', ...named].join(', ')
}

function pricesOf({ prices, priceList }: Config): string {
  const list = listShown(priceList)
  if (prices === undefined) return list
  try {
    readOwnPrices(prices)
    return `${prices}, then ${list}`
  } catch (error) {
    return `${list}; ${unusable(prices, error)}`
  }
}

function listShown(file: string | undefined): string {
  const bundled = (): string => `${listNamed(bundledList(), Date.now())}, bundled`
  if (file === undefined) return bundled()
  try {
    return `${listNamed(readListFile(file), Date.now())} in ${file}`
  } catch (error) {
    return `${bundled()}; ${unusable(file, error)}`
  }
}

function unusable(file: string, error: unknown): string {
  return `${file} cannot be used: ${error instanceof Error ? error.message : error}`
}

function bytes(n: number): string {
  const MIB = 1_048_576
  return n % MIB === 0 ? `${n / MIB} MiB` : `${n.toLocaleString('en')} bytes`
}
