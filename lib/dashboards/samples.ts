import { match } from '../openai/recognise/match'
import { ROUTES } from '../openai/recognise/routes'
import type { CallTag } from '../sinks/call-tags'
import type { TagName } from '../sinks/metrics/catalogue'
import type { StreamJson } from './json'

/** What a log entry has beside the span's tags: the attributes of what was asked and answered. */
type SampleColumn = CallTag | 'status_line' | 'timestamp' | 'service' | `${Sampled}${'' | `.${number}.${string}`}`
type Sampled = 'messages' | 'completion' | 'prompt' | 'choices' | 'instructions' | 'input' | 'output' | 'file' | 'text'

/** One list of prompts and what was answered. */
export interface SampleList {
  readonly title: string
  /** The operation's id in the route table. */
  readonly operation: string
  readonly columns: readonly SampleColumn[]
}

const ALWAYS: readonly SampleColumn[] = ['status_line', 'timestamp', 'service', 'openai.request.model']

export const SAMPLES: readonly SampleList[] = [
  {
    title: 'Chat: what was asked and answered',
    operation: 'createChatCompletion',
    columns: ['messages.0.content', 'completion.0.message.content', 'completion.0.finish_reason'],
  },
  {
    title: 'Responses: what was asked and answered',
    operation: 'createResponse',
    columns: ['instructions', 'input', 'output.0.content', 'openai.response.incomplete'],
  },
  {
    title: 'Completions: what was asked and answered',
    operation: 'createCompletion',
    columns: ['prompt', 'choices.0.text', 'choices.0.finish_reason'],
  },
  { title: 'Images: what was asked for', operation: 'createImage', columns: ['prompt', 'choices.0.url'] },
  { title: 'Transcripts', operation: 'createTranscription', columns: ['file', 'prompt', 'text'] },
]

const ENDPOINT: TagName = 'openai.request.endpoint'

/** The list, newest first. `scope`: the template variables, which logs carry as tags too. */
export function stream({ title, operation, columns }: SampleList, scope: readonly string[]): StreamJson {
  return {
    type: 'list_stream',
    title,
    requests: [
      {
        response_format: 'event_list',
        query: {
          data_source: 'logs_stream',
          query_string: ['source:openai', `${ENDPOINT}:"${endpointOf(operation)}"`, ...scope].join(' '),
          indexes: [],
          storage: 'hot',
          sort: { column: 'timestamp', order: 'desc' },
        },
        columns: [...ALWAYS, ...columns].map(field => ({ field, width: 'auto' })),
      },
    ],
  }
}

/** As the log's tag says it. Throws for an operation that the route table does not have. */
function endpointOf(operation: string): string {
  const route = ROUTES.find(({ id }) => id === operation)
  const endpoint = route && match(route.method, route.path)?.endpoint
  if (endpoint === undefined) throw new Error(`there is no operation ${operation}`)
  return endpoint
}
