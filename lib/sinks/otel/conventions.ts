import type { Api, CallStart } from '../../openai/call'

/**
 * OpenTelemetry's conventions for generative AI, whose names move: all of them are `development`. What is named here
 * is named nowhere else, and by this version.
 */
export const CONVENTIONS = '1.42.0'
export const SCHEMA_URL = `https://opentelemetry.io/schemas/${CONVENTIONS}`

/** An answer that was paid for before: it has no usage, or it would be counted twice. */
const FETCHED = 'fetch_response'

/** `gen_ai.operation.name` by operation id; every other operation goes by its id. */
const OPERATIONS: Readonly<Record<string, string>> = {
  createChatCompletion: 'chat',
  createResponse: 'chat',
  createCompletion: 'text_completion',
  createEmbedding: 'embeddings',
  searchVectorStore: 'retrieval',
  getResponse: FETCHED,
  getChatCompletion: FETCHED,
  realtimeResponse: 'realtime_inference',
}

export function operationName(operation: string): string {
  return Object.hasOwn(OPERATIONS, operation) ? (OPERATIONS[operation] ?? operation) : operation
}

export function isFetched(operation: string): boolean {
  return operationName(operation) === FETCHED
}

/** `gen_ai.provider.name` by our name of a server, where the conventions have another. */
const PROVIDERS: Readonly<Record<string, string>> = {
  bedrock: 'aws.bedrock',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  vertex: 'gcp.vertex_ai',
  xai: 'x_ai',
}

export function providerName({ provider, type, inference }: Api): string {
  if (type === 'azure') return inference ? 'azure.ai.inference' : 'azure.ai.openai'
  if (provider === undefined) return 'openai'
  return Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider] ?? provider) : provider
}

/** `openai.api.type` by family; a turn of the Realtime API is read like a response, and is none. */
const API_TYPES: Readonly<Record<string, string>> = {
  'chat.completions': 'chat_completions',
  responses: 'responses',
}

export function apiType({ family, operation }: CallStart): string | undefined {
  const isResponse = operation !== 'realtimeResponse' && Object.hasOwn(API_TYPES, family)
  return isResponse ? API_TYPES[family] : undefined
}

/** The name of a call's span. */
export function spanName(operation: string, model: string | undefined): string {
  return model === undefined ? operationName(operation) : `${operationName(operation)} ${model}`
}

/** Buckets that the conventions advise, in seconds and in tokens. */
export const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
export const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power)
