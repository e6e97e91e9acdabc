import { startDatadog } from '../receiver/datadog'
import type { LlmobsSpan } from '../receiver/llmobs-span'
import type { Client } from './client-list'
import { type Column, cellText, costText, msText, spanTable } from './table'
import type { View } from './view'

function count(side: unknown): string {
  const messages: unknown = typeof side === 'object' && side !== null ? Reflect.get(side, 'messages') : undefined
  return Array.isArray(messages) ? String(messages.length) : ''
}

function inMs(seconds: number | undefined): string {
  return msText(seconds === undefined ? undefined : seconds * 1000)
}

const COLUMNS: readonly Column<LlmobsSpan>[] = [
  { title: 'span', align: 'left', read: ({ name }) => name },
  { title: 'kind', align: 'left', read: ({ meta }) => String(meta['span.kind']) },
  { title: 'model', align: 'left', read: ({ meta }) => String(meta.model_name) },
  { title: 'duration', align: 'right', read: ({ duration }) => msText(duration / 1e6) },
  { title: 'first token', align: 'right', read: ({ metrics }) => inMs(metrics.time_to_first_token) },
  { title: 'in', align: 'right', read: ({ metrics }) => cellText(metrics.input_tokens) },
  { title: 'out', align: 'right', read: ({ metrics }) => cellText(metrics.output_tokens) },
  { title: 'cost', align: 'right', read: ({ metrics }) => costText(metrics.total_cost) },
  { title: 'asked', align: 'right', read: ({ meta }) => count(meta.input) },
  { title: 'answered', align: 'right', read: ({ meta }) => count(meta.output) },
  {
    title: '',
    align: 'left',
    read: ({ meta }) => (meta['error.type'] === undefined ? '' : String(meta['error.type'])),
  },
]

/** The Datadog Agent's proxy for LLM Observability. */
export async function llmobsView(): Promise<View> {
  const datadog = await startDatadog()
  const { llmobs } = datadog.agent
  const seen = (client?: Client): LlmobsSpan[] =>
    llmobs
      .spans()
      // Of LangChain and the AI SDK dd-trace shows the call by itself, and then we do not.
      .filter(({ meta }) => meta['span.kind'] === 'llm' || meta['span.kind'] === 'embedding')
      .filter(({ tags }) => client === undefined || tags.includes(`ml_app:${client.name}`))
      .sort((one, other) => one.start_ns - other.start_ns)
  return {
    flags: [],
    env: client => ({
      ...datadog.env,
      DD_SERVICE: client.name,
      DD_LLMOBS_ENABLED: 'true',
      DD_LLMOBS_ML_APP: client.name,
      DD_LLMOBS_AGENTLESS_ENABLED: 'false',
    }),
    seen,
    // A list of models is no model's answer.
    shows: ({ url }) => url !== '/v1/models',
    lines: clients =>
      spanTable(
        COLUMNS,
        clients.map(client => ({ title: client.title, spans: seen(client) })),
        ({ status }) => status === 'error',
      ),
    close: () => datadog.close(),
  }
}
