import type { Call, Usage } from '../openai/call'
import { isRedirect } from '../transport/redirect'

export type TagValue = string | number | undefined

/**
 * Every tag that is not one of a reader's facts, by its name on the span. Strings are `meta`, numbers are `metrics`.
 * The dashboards are made from these names; what each means stands in `lib/local/docs/span-tags.ts`, and so in the README.
 */
export const CALL_TAGS = {
  'openai.request.endpoint': call => call.endpoint,
  'openai.request.method': call => call.method,
  'openai.request.model': call => call.model,
  'openai.request.provider': call => call.api.provider,
  'openai.request.stream': call => (call.stream === undefined ? undefined : 'true'),
  'openai.request.id': call => call.caller.requestId,
  'openai.request.redirects': call => call.redirects,
  'openai.request.redirected_from': call => call.redirectedFrom,
  'openai.response.redirected': call => (isRedirect(call.http.status) ? 'true' : undefined),
  'openai.context': call => call.context,
  'openai.request.client': call => call.caller.client,
  'openai.request.attempt': call => call.attempt,
  'openai.request.retry_after_ms': call => call.retryAfterMs,
  'openai.request.retry_wait_ms': call => call.retryWaitMs,
  'openai.request.prompt_tokens_estimated': call =>
    call.stream === undefined || call.usage === undefined ? undefined : Number(call.estimated?.prompt ?? false),
  'openai.api_base': call => call.api.base,
  'openai.api_type': call => call.api.type,
  'openai.api_version': call => call.api.version,
  'openai.organization.id': call => call.caller.organizationId,
  'openai.organization.name': call => call.caller.organizationName,
  'openai.project.id': call => call.caller.project,
  'openai.user.api_key': call => call.caller.key,
  'openai.response.model': call => call.responseModel,
  'openai.response.processing_ms': call => call.processingMs,
  'openai.response.network_ms': call => call.networkMs,
  'openai.response.loop_busy_ms': call => call.loopBusyMs,
  'openai.response.time_to_first_event_ms': call => call.stream?.firstEventMs,
  'openai.response.time_to_first_token_ms': call => call.stream?.firstTokenMs,
  'openai.response.time_to_first_content_ms': call => call.stream?.firstContentMs,
  'openai.response.time_per_output_token_ms': call => call.stream?.perOutputTokenMs,
  'openai.response.longest_gap_ms': call => call.stream?.longestGapMs,
  'openai.response.chunks': call => call.stream?.events,
  'openai.response.aborted': call => (call.aborted ? 'true' : undefined),
  'openai.response.incomplete': call => call.incomplete,
  'openai.response.truncated': call => (call.truncated ? 'true' : undefined),
  'openai.response.unparsed': call => call.unparsed.join(',') || undefined,
  'openai.response.cost.usd': call => call.cost,
  'openai.response.cost.source': call => (call.cost === undefined ? undefined : call.costDetails?.source),
  'openai.response.cost.input': call => call.costDetails?.parts.input,
  'openai.response.cost.cached': call => call.costDetails?.parts.cached,
  'openai.response.cost.output': call => call.costDetails?.parts.output,
  'openai.response.cost.tools': call => call.costDetails?.parts.tools,
  'openai.response.cost.missing': call => call.costDetails?.missing.join(',') || undefined,
  'openai.response.gateway_cache': call => call.gatewayCache,
  'openai.response.usage.estimated': call => (call.estimated === undefined ? undefined : 1),
  'openai.error.kind': call => call.error?.kind,
  'openai.error.type': call => call.error?.type,
  'openai.error.code': call => call.error?.code,
  'openai.error.param': call => call.error?.param,
  'error.type': call => call.error?.class,
  'error.message': call => call.error?.message,
  'error.stack': call => call.error?.stack,
  'http.method': call => call.method,
  'http.url': call => call.http.url,
  'http.status_code': call => call.http.status,
  'out.host': call => call.http.host,
  'network.destination.port': call => call.http.port,
} satisfies Readonly<Record<string, (call: Call) => TagValue>>

export type CallTag = keyof typeof CALL_TAGS

/** `openai.response.usage.*` */
export const USAGE_TAGS: Readonly<Record<keyof Usage, string>> = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  total: 'total_tokens',
  cachedInput: 'cached_tokens',
  cacheWriteInput: 'cache_write_tokens',
  longCacheWriteInput: 'long_cache_write_tokens',
  audioInput: 'input_audio_tokens',
  cachedAudioInput: 'cached_audio_tokens',
  imageInput: 'input_image_tokens',
  cachedImageInput: 'cached_image_tokens',
  textInput: 'input_text_tokens',
  reasoningOutput: 'reasoning_tokens',
  audioOutput: 'output_audio_tokens',
  imageOutput: 'output_image_tokens',
  textOutput: 'output_text_tokens',
  acceptedPrediction: 'accepted_prediction_tokens',
  rejectedPrediction: 'rejected_prediction_tokens',
  seconds: 'seconds',
}
