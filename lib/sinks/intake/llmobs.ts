import type { Config } from '../../config'
import { tally } from '../../counters'
import { isObject, type JsonObject } from '../../openai/json'
import { sayOnce } from '../../say'
import type { Encoded } from './entry'
import { createWriter, type EventWriter, type WriterOptions } from './index'
import { type EventKind, QUEUE_LIMITS } from './kind'
import type { Target } from './target'

const MOST_BYTES = 5 * 1_048_576
/** Besides the events of a batch. */
const ROOM = 64

/** LLM Observability takes 5 MB a request and 5 MB a span; neither dd-trace nor every agent compresses. */
export const LLMOBS: EventKind = {
  name: 'llmobs',
  words: {
    entries: 'LLM Observability spans',
    short: 'LLM Observability spans',
    intake: 'LLM Observability intake',
    address:
      'DD_TRACE_AGENT_URL (an old Agent has no EVP proxy), or set DD_LLMOBS_AGENTLESS_ENABLED=true and DD_API_KEY',
    url: 'INTERCEPTOR_LLMOBS_URL',
  },
  limits: {
    ...QUEUE_LIMITS,
    batchBytes: MOST_BYTES - ROOM,
    entryBytes: MOST_BYTES - ROOM,
  },
  headers: { 'content-type': 'application/json' },
  gzip: false,
  spoolFolder: 'llmobs',
  envelope: { open: '[', close: ']' },
  encode: encodeSpan,
}

const DROPPED = { value: "[This value has been dropped because this span's size exceeds the 5MB size limit.]" }

/**
 * A span in the envelope that the intake wants around each. One that is too large loses what was asked and answered, and
 * says so, as Datadog's own tracer does; and its metadata and tools too, where it is these that are large. Metadata that
 * is no JSON is left out. Undefined where nothing of that helps.
 */
export function encodeSpan(span: JsonObject, maxBytes: number): Encoded | undefined {
  const whole = stringified(span)
  if (whole !== undefined && whole.length <= maxBytes) return { json: whole, truncated: false }
  if (whole === undefined) sayUnserialisable()
  const plain = whole === undefined ? withoutMetadata(span) : span
  for (const shown of [plain, withoutContent(plain), withoutContent(withoutMetadata(span))]) {
    const json = stringified(shown)
    if (json !== undefined && json.length <= maxBytes) return { json, truncated: true }
  }
  return undefined
}

function withoutContent(span: JsonObject): JsonObject {
  const meta = isObject(span.meta) ? span.meta : {}
  return { ...span, collection_errors: ['dropped_io'], meta: { ...meta, input: DROPPED, output: DROPPED } }
}

function withoutMetadata(span: JsonObject): JsonObject {
  const { metadata: _, tool_definitions: __, ...meta } = isObject(span.meta) ? span.meta : {}
  return { ...span, meta }
}

function sayUnserialisable(): void {
  tally('llmobs.unserialisable')
  sayOnce('llmobs.unserialisable', 'an LLM Observability span has metadata that is no JSON; it is sent without')
}

/** Undefined for a cycle, a BigInt, or what is nested too deep. */
function stringified(span: JsonObject): Buffer | undefined {
  try {
    const envelope = { '_dd.stage': 'raw', event_type: 'span', spans: [span] }
    return Buffer.from(JSON.stringify(envelope))
  } catch {
    return undefined
  }
}

export interface LlmobsWriterOptions
  extends Omit<WriterOptions, 'targets'>,
    Pick<Config, 'site' | 'apiKey' | 'llmobsAgentless' | 'llmobsUrl'> {
  /** Where the agent is; undefined where what was given is no URL. */
  agentUrl: string | undefined
}

/** Starts the writer of LLM Observability spans of this process. */
export function createLlmobsWriter(options: LlmobsWriterOptions): EventWriter {
  return createWriter(LLMOBS, { ...options, targets: llmobsTargets(options) })
}

const SUBDOMAIN = 'llmobs-intake'
const INTAKE_PATH = '/api/v2/llmobs'

type Where = Pick<LlmobsWriterOptions, 'site' | 'apiKey' | 'llmobsAgentless' | 'llmobsUrl' | 'agentUrl'>

/** The agent's proxy, the intake itself, or, where nobody says which, the first of the two that is there. */
export function llmobsTargets({ llmobsAgentless, ...where }: Where): Target[] {
  const agent = llmobsAgentless === true ? [] : agentTarget(where)
  const intake = llmobsAgentless === false ? [] : intakeTarget(where)
  return [...agent, ...intake]
}

function agentTarget({ agentUrl }: Pick<Where, 'agentUrl'>): Target[] {
  if (agentUrl === undefined || !URL.canParse(agentUrl)) return []
  const { protocol, pathname } = new URL(agentUrl)
  const headers = { 'x-datadog-evp-subdomain': SUBDOMAIN }
  const path = `/evp_proxy/v2${INTAKE_PATH}`
  if (protocol === 'unix:') return [{ url: new URL(`http://localhost${path}`), socketPath: pathname, headers }]
  return [{ url: new URL(pathname.replace(/\/+$/, '') + path, agentUrl), headers }]
}

function intakeTarget({ site, apiKey, llmobsUrl }: Pick<Where, 'site' | 'apiKey' | 'llmobsUrl'>): Target[] {
  const key = apiKey?.trim()
  return key ? [{ url: llmobsIntakeUrl({ site, llmobsUrl }), headers: { 'dd-api-key': key } }] : []
}

/** The site's intake, or what was given instead: an origin is asked at the intake's path, another URL as it is. */
export function llmobsIntakeUrl({ site, llmobsUrl }: Pick<Config, 'site' | 'llmobsUrl'>): URL {
  const url = new URL(llmobsUrl ?? `https://${SUBDOMAIN}.${site}`)
  if (url.pathname === '/') url.pathname = INTAKE_PATH
  return url
}
