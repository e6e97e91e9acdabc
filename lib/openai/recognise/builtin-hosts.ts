import type { Builtin } from './place'
import type { Provider } from './providers'

/** A host and what is under it. */
interface Suffix extends Builtin {
  readonly suffix: string
}

/**
 * Azure's are those of recorded answers and of @pydantic/genai-prices 0.1.8. The sovereign clouds' (`us`, `cn`) follow
 * the same pattern and were not seen on the wire. OpenAI's regions and its host for mTLS are under its own host.
 */
const SUFFIXES: readonly Suffix[] = [
  { suffix: 'api.openai.com', azure: false },
  { suffix: 'openai.azure.com', azure: true },
  { suffix: 'openai.azure.us', azure: true },
  { suffix: 'openai.azure.cn', azure: true },
  { suffix: 'cognitiveservices.azure.com', azure: true, only: /\/openai\// },
  { suffix: 'cognitiveservices.azure.us', azure: true, only: /\/openai\// },
  { suffix: 'cognitiveservices.azure.cn', azure: true, only: /\/openai\// },
  { suffix: 'services.ai.azure.com', azure: true, only: /^\/models\/|\/openai\// },
  { suffix: 'azure-api.net', azure: true, only: /\/openai\// },
]

/** Hosts that a region is part of. `hint` is in all of them and in few others: looked for before the pattern. */
interface Regional extends Builtin {
  readonly hint: string
  readonly host: RegExp
}

const BEDROCK: Provider = { id: 'bedrock', hosts: [], basePaths: ['/openai/v1', '/v1'] }
const VERTEX: Provider = {
  id: 'vertex',
  hosts: [],
  basePaths: [
    '/*/projects/*/locations/*/publishers/openai/v1',
    '/*/projects/*/locations/*/endpoints/*',
    '/*/projects/*/locations/*/publishers/openai',
  ],
}
/** Partitions of AWS, each by its plain and its dual-stack name: `src/internal/bedrock.ts` of openai-node 7.57. */
const AWS =
  'amazonaws\\.com|api\\.aws|amazonaws\\.com\\.cn|api\\.amazonwebservices\\.com\\.cn|amazonaws\\.eu|' +
  'api\\.amazonwebservices\\.eu|c2s\\.ic\\.gov|api\\.aws\\.ic\\.gov|sc2s\\.sgov\\.gov|api\\.aws\\.scloud|' +
  'csp\\.hci\\.ic\\.gov|api\\.aws\\.hci\\.ic\\.gov'

/**
 * Those that the SDK itself ships (openai-node 7.57, `providers/bedrock` and `providers/vertex`). AWS and Google answer
 * there in their own languages, too: ours is what is under the OpenAI-compatible base.
 */
const REGIONAL: readonly Regional[] = [
  {
    hint: 'bedrock-',
    host: new RegExp(`^bedrock-(?:mantle\\.[a-z0-9-]+\\.api\\.aws|runtime(?:-fips)?\\.[a-z0-9-]+\\.(?:${AWS}))$`),
    azure: false,
    only: /^\/(?:openai\/)?v1\//,
    provider: BEDROCK,
  },
  {
    hint: 'aiplatform.',
    host: /^(?:[a-z0-9-]+-)?aiplatform\.(?:[a-z0-9-]+\.rep\.)?googleapis\.com$/,
    azure: false,
    only: /\/publishers\/openai\/v1\/|\/endpoints\/[^/:]+\/(?:chat\/completions|completions|embeddings|responses)$/,
    provider: VERTEX,
  },
]

const DOT = 46

/** The entry of a host, lower-case; nothing for one that has to be configured. Asked of every request. */
export function builtinFor(host: string): Builtin | undefined {
  for (const builtin of SUFFIXES) {
    const { suffix } = builtin
    if (!host.endsWith(suffix)) continue
    if (host.length === suffix.length || host.charCodeAt(host.length - suffix.length - 1) === DOT) return builtin
  }
  return REGIONAL.find(({ hint, host: pattern }) => host.includes(hint) && pattern.test(host))
}
