import { hostname as hostnameOfMachine } from 'node:os'
import type { Config } from '../config'
import type { Call, CallStart, Usage } from '../openai/call'
import type { Json, JsonObject } from '../openai/json'
import { sayOnce } from '../say'
import { CALL_TAGS, USAGE_TAGS } from './call-tags'
import type { EventWriter } from './intake'
import { tagName } from './metrics/tag-value'
import { sampled } from './sampling'
import type { Sink } from './sink'

export interface LogSinkOptions {
  hostname?: string
  /** From 0 to below 1: decides for calls that are in no trace. */
  random?: () => number
}

const NO_LOGS: Sink = { open: () => () => {}, flush: async () => {}, stop: async () => {} }

/**
 * One log entry a sampled call, with all that was asked and answered. A trace's calls are logged together or not at
 * all, and never those of a trace that the tracer drops.
 */
export function createLogSink(config: Config, intake: EventWriter, options: LogSinkOptions = {}): Sink {
  if (!config.logsEnabled) return NO_LOGS
  if (!config.apiKey) {
    sayOnce('logs.key', 'DD_OPENAI_LOGS_ENABLED is set and DD_API_KEY is not: no logs are sent')
    return NO_LOGS
  }
  const { hostname = hostnameOfMachine(), random = Math.random } = options
  return {
    open(start) {
      // Once a call: where it is left to chance, the answer must not be another when the call is there.
      let decided: boolean | undefined
      const decide = (call: CallStart): boolean => {
        decided ??= config.logsEnabled && isSampled(call, config.logSampleRate, random)
        return decided
      }
      const end = (call: Call): void => {
        if (decide(call)) intake.write(entryOf(call, config, hostname))
      }
      return Object.assign(end, { wantsSample: () => config.captureContent && decide(start) })
    },
    flush: (withinMs = config.exitTimeoutMs) => intake.flush(withinMs),
    stop: (withinMs = config.exitTimeoutMs) => intake.stop(withinMs),
  }
}

function isSampled({ trace }: CallStart, rate: number, random: () => number): boolean {
  if (trace === undefined) return random() < rate
  return sampled(trace.samplingId, rate) && trace.kept()
}

function entryOf(call: Call, config: Config, hostname: string): JsonObject {
  return {
    ...(config.captureContent ? call.sample : {}),
    ...attributesOf(call),
    timestamp: Math.round(call.startedAt + call.durationMs),
    message: `sampled ${call.operation}`,
    hostname,
    ddsource: 'openai',
    service: config.openaiService ?? config.service ?? call.trace?.service ?? '',
    status: call.error === undefined ? 'info' : 'error',
    ddtags: ddtagsOf(call, config),
    // What Datadog shows as the log's duration.
    duration: Math.round(call.durationMs * 1e6),
    ...(call.trace === undefined ? {} : { 'dd.trace_id': call.trace.traceId, 'dd.span_id': call.trace.spanId }),
  }
}

/** The span's tags under the span's names, so that one search finds both. */
function attributesOf(call: Call): JsonObject {
  const attributes: JsonObject = {}
  const add = (name: string, value: Json | undefined): void => {
    if (value !== undefined && value !== '') attributes[name] = value
  }
  for (const [name, read] of Object.entries(CALL_TAGS)) add(name, read(call))
  for (const [key, name] of Object.entries(USAGE_TAGS)) {
    add(`openai.response.usage.${name}`, call.usage?.[key as keyof Usage])
  }
  return attributes
}

type LogTag = readonly [name: string, value: string | undefined]

/** In the Python integration's order; unknown values stay, empty. */
function ddtagsOf(call: Call, { env, version }: Config): string {
  const tags: LogTag[] = [
    ['env', env ?? call.trace?.env],
    ['version', version ?? call.trace?.version],
    ['openai.request.endpoint', call.endpoint],
    ['openai.request.method', call.method],
    ['openai.request.model', call.model],
    ['openai.organization.name', call.caller.organizationName],
    ['openai.user.api_key', call.caller.key],
    ...userTags(call),
  ]
  return tags.map(([name, value = '']) => `${name}:${safe(value)}`).join(',')
}

function userTags({ tags }: Call): LogTag[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const name = tagName(key)
    return name === undefined ? [] : [[name, value] as const]
  })
}

const LONGEST_TAG = 200

/** A comma would end the tag and begin another. */
function safe(value: string): string {
  return value
    .slice(0, LONGEST_TAG)
    .replace(/[,\p{Cc}\p{Cs}]/gu, '_')
    .trim()
}
