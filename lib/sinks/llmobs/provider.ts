import type { Call } from '../../openai/call'

/** `name` is `meta.model_provider`; `client` begins the span's name, as it does in Datadog's own spans. */
interface Provider {
  readonly name: string
  readonly client: string
}

const BY_NAME: Readonly<Record<string, Provider>> = { deepseek: { name: 'deepseek', client: 'DeepSeek' } }

/** A compatible server by its own name where the host tells it. A proxy or a server of one's own tells nothing. */
export function providerOf({ api }: Call): Provider {
  if (api.type === 'azure') return { name: 'azure_openai', client: 'AzureOpenAI' }
  if (api.provider !== undefined) return BY_NAME[api.provider] ?? { name: api.provider, client: 'OpenAI' }
  return { name: api.base.includes('openai') ? 'openai' : 'unknown', client: 'OpenAI' }
}
