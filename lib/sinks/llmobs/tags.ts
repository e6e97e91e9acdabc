import type { Config } from '../../config'
import type { Call } from '../../openai/call'
import { isMultimodal } from './prompt'

type Tag = string | number | undefined

/** Whose words go before the app's: a tag of this name is ours. */
interface TagSource {
  readonly call: Call
  readonly config: Config
  readonly mlApp: string
  readonly sessionId: string | undefined
}

/** `tags`, each as `name:value`, beside those that the app puts on a call with `withTags`. */
export const TAGS = {
  version: ({ call, config }) => config.version ?? call.trace?.version ?? '',
  env: ({ call, config }) => config.env ?? call.trace?.env ?? '',
  service: ({ call, config }) => config.openaiService ?? config.service ?? call.trace?.service ?? '',
  source: () => 'integration',
  ml_app: ({ mlApp }) => mlApp,
  error: ({ call }) => (call.error === undefined ? 0 : 1),
  error_type: ({ call }) => call.error?.class,
  language: () => 'javascript',
  session_id: ({ sessionId }) => sessionId,
  integration: () => 'openai',
  'openai.estimated': ({ call }) => (call.estimated === undefined ? undefined : 'true'),
  'openai.response.incomplete': ({ call }) => call.incomplete,
  'openai.request.attempt': ({ call }) => call.attempt,
  prompt_tracking_instrumentation_method: ({ call }) =>
    call.sample.prompt === undefined || call.family !== 'responses' ? undefined : 'auto',
  prompt_multimodal: ({ call }) =>
    call.family === 'responses' && isMultimodal(call.sample.prompt) ? 'true' : undefined,
} satisfies Readonly<Record<string, (source: TagSource) => Tag>>

export function tagsOf(source: TagSource): string[] {
  const tags = new Map<string, Tag>(Object.entries(source.call.tags))
  for (const [name, read] of Object.entries<(source: TagSource) => Tag>(TAGS))
    tags.set(name, read(source) ?? tags.get(name))
  return [...tags].flatMap(([name, value]) =>
    value === undefined ? [] : [`${safe(name).replaceAll(':', '_')}:${safe(String(value))}`],
  )
}

const LONGEST = 200

/** A comma would end the tag and begin another, as would a colon in its name. */
function safe(text: string): string {
  return text.slice(0, LONGEST).replace(/[,\p{Cc}\p{Cs}]/gu, '_')
}
