import type { Api } from '../call'
import { named as providerNamed, providerOf } from './built-in'

/** Whose prices hold, and under which name the model stands there. */
export interface Seller {
  /** The price list's id; undefined for a server that it does not know. */
  readonly provider: string | undefined
  readonly model: string
}

/** What Cloudflare's gateway calls a provider in its paths, where the price list does not know that name. */
const CLOUDFLARE_NAMES: Readonly<Record<string, string>> = {
  'google-ai-studio': 'google',
  'google-vertex-ai': 'google',
  'aws-bedrock': 'aws',
  'perplexity-ai': 'perplexity',
  grok: 'x-ai',
  'workers-ai': 'cloudflare',
}

/** Gateways that sell at the providers' prices, and what of a call tells which provider it is. */
const GATEWAYS: Readonly<Record<string, (base: string) => string | undefined>> = {
  // /v1/{account}/{gateway}/{provider}/…; `compat` has it in the model's name.
  'cloudflare-gateway': base => base.split('/')[6],
  'vercel-gateway': () => undefined,
}

/**
 * Who sells a call: the host's owner, or who stands behind a known gateway. At an unknown one only OpenAI's models are
 * known by their names, and then they are taken for OpenAI's.
 */
export function sellerOf(api: Api, host: string, model: string): Seller {
  const behind = api.provider === undefined || api.type === 'azure' ? undefined : GATEWAYS[api.provider]
  if (behind === undefined) return named(providerOf(api, host), model)
  const said = behind(api.base)
  if (said !== undefined && said !== 'compat') return named(idOf(said), model)
  const slash = model.indexOf('/')
  return named(idOf(model.slice(0, Math.max(0, slash))), model.slice(slash + 1))
}

/** A known server that is no gateway: what it calls `gpt-4o` is not OpenAI's (Ollama's and LM Studio's users rename). */
export function sellsItsOwn({ provider }: Api): boolean {
  return provider !== undefined && !Object.hasOwn(GATEWAYS, provider)
}

/** How a provider's endpoints name models otherwise than the price list does. */
const NAMES: Readonly<Record<string, (model: string) => string>> = {
  // Of Gemini's API and of Vertex.
  google: model => model.replace(/^(?:publishers\/google\/models|models|google)\//, ''),
  // Bedrock's newer API leaves the version out.
  aws: model => (/^openai\.gpt-oss-\d+b$/.test(model) ? `${model}-1:0` : model),
}

function named(provider: string | undefined, model: string): Seller {
  const rename = provider === undefined || !Object.hasOwn(NAMES, provider) ? undefined : NAMES[provider]
  return { provider, model: rename?.(model) ?? model }
}

function idOf(name: string): string | undefined {
  return name === ''
    ? undefined
    : providerNamed(Object.hasOwn(CLOUDFLARE_NAMES, name) ? (CLOUDFLARE_NAMES[name] ?? name) : name)
}
