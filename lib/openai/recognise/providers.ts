/** A server with OpenAI's API. */
export interface Provider {
  /** What a call's `api.provider` says. */
  readonly id: string
  /** Host names; with a port where the host alone says nothing (`localhost:11434`). */
  readonly hosts: readonly string[]
  /** What its operations' paths are under, the longest first; `*` is any one segment. */
  readonly basePaths: readonly string[]
}

/**
 * The compatible servers that a host tells. None is observed unless it is configured: the table only names what was
 * configured and knows where its operations begin. Mostly as third parties cite the servers' documentation; the paths
 * of fireworks, cloudflare-workers-ai and zai's `/api/paas/v4` are general knowledge. None was tried live.
 *
 * vLLM, llama.cpp and LiteLLM are compatible too, but their default ports (8000, 8080, 4000) are everybody's: calls to
 * them are read all the same and have no provider.
 */
const PROVIDERS: readonly Provider[] = [
  { id: 'openrouter', hosts: ['openrouter.ai'], basePaths: ['/api/v1'] },
  { id: 'groq', hosts: ['api.groq.com'], basePaths: ['/openai/v1'] },
  { id: 'together', hosts: ['api.together.xyz', 'api.together.ai'], basePaths: ['/v1'] },
  { id: 'fireworks', hosts: ['api.fireworks.ai'], basePaths: ['/inference/v1'] },
  { id: 'deepseek', hosts: ['api.deepseek.com'], basePaths: ['/v1', ''] },
  { id: 'mistral', hosts: ['api.mistral.ai'], basePaths: ['/v1'] },
  { id: 'xai', hosts: ['api.x.ai'], basePaths: ['/v1'] },
  { id: 'perplexity', hosts: ['api.perplexity.ai'], basePaths: [''] },
  { id: 'cerebras', hosts: ['api.cerebras.ai'], basePaths: ['/v1'] },
  { id: 'google', hosts: ['generativelanguage.googleapis.com'], basePaths: ['/v1beta/openai'] },
  { id: 'anthropic', hosts: ['api.anthropic.com'], basePaths: ['/v1'] },
  // Its leading /v1 is not the API's version. Account, gateway, and the provider behind it or `compat`.
  { id: 'cloudflare-gateway', hosts: ['gateway.ai.cloudflare.com'], basePaths: ['/v1/*/*/workers-ai/v1', '/v1/*/*/*'] },
  { id: 'cloudflare-workers-ai', hosts: ['api.cloudflare.com'], basePaths: ['/client/v4/accounts/*/ai/v1'] },
  { id: 'ollama', hosts: ['localhost:11434'], basePaths: ['/v1'] },
  { id: 'lmstudio', hosts: ['localhost:1234'], basePaths: ['/v1'] },
  { id: 'deepinfra', hosts: ['api.deepinfra.com'], basePaths: ['/v1/openai'] },
  { id: 'vercel-gateway', hosts: ['ai-gateway.vercel.sh'], basePaths: ['/v1'] },
  {
    id: 'dashscope',
    hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com'],
    basePaths: ['/compatible-mode/v1'],
  },
  { id: 'cohere', hosts: ['api.cohere.ai'], basePaths: ['/compatibility/v1'] },
  { id: 'nvidia', hosts: ['integrate.api.nvidia.com'], basePaths: ['/v1'] },
  { id: 'volcengine-ark', hosts: ['ark.cn-beijing.volces.com'], basePaths: ['/api/v3'] },
  { id: 'zai', hosts: ['api.z.ai'], basePaths: ['/api/coding/paas/v4', '/api/paas/v4'] },
]

const BY_HOST = new Map(PROVIDERS.flatMap(provider => provider.hosts.map(host => [host, provider] as const)))
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The server that a host and port tell, lower-case; on the own machine the port alone. */
export function providerAt(host: string, port: number): Provider | undefined {
  return BY_HOST.get(LOOPBACK.has(host) ? `localhost:${port}` : host)
}
