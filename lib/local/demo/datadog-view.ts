import { startDatadog } from '../receiver/datadog'
import type { Span } from '../receiver/spans'
import type { Client } from './client-list'
import { type Column, cellText, costText, msText as ms, spanTable, summary } from './table'
import type { View } from './view'

const usage = (span: Span, kind: string) => span.metrics[`openai.response.usage.${kind}_tokens`]

const COLUMNS: readonly Column<Span>[] = [
  { title: 'operation', align: 'left', read: span => span.resource },
  { title: 'model', align: 'left', read: span => cellText(span.meta['openai.request.model']) },
  { title: 'status', align: 'right', read: statusOf },
  { title: 'duration', align: 'right', read: span => ms(span.duration / 1e6) },
  { title: 'network', align: 'right', read: span => ms(span.metrics['openai.response.network_ms']) },
  {
    title: 'first token',
    align: 'right',
    read: span => ms(span.metrics['openai.response.time_to_first_token_ms']),
  },
  { title: 'in', align: 'right', read: span => cellText(usage(span, 'prompt')) },
  { title: 'out', align: 'right', read: span => cellText(usage(span, 'completion')) },
  { title: 'cost', align: 'right', read: span => costText(span.metrics['openai.response.cost.usd']) },
  { title: '', align: 'left', read: remarksOf },
]

function statusOf({ meta, metrics }: Span): string {
  return cellText(meta['http.status_code'] ?? metrics['http.status_code'])
}

/** What sets a call apart from one that just went well. */
function remarksOf({ meta, metrics }: Span): string {
  const attempt = metrics['openai.request.attempt'] ?? 1
  const wait = metrics['openai.request.retry_wait_ms']
  const retryAfter = metrics['openai.request.retry_after_ms']
  const estimated = metrics['openai.response.usage.estimated'] === 1
  return [
    meta['openai.error.kind'] ?? meta['error.type'],
    retryAfter === undefined ? undefined : `retry after ${ms(retryAfter)}`,
    attempt > 1 ? `attempt ${attempt}` : undefined,
    wait === undefined ? undefined : `waited ${ms(wait)}`,
    meta['openai.response.incomplete'],
    estimated ? 'tokens counted here' : undefined,
  ]
    .filter(remark => remark !== undefined)
    .join(', ')
}

/** The Datadog Agent and the log intake. */
export async function datadogView(): Promise<View> {
  const datadog = await startDatadog()
  const { agent, dogstatsd, intake } = datadog
  const seen = (client?: Client): Span[] =>
    agent
      .spans()
      .filter(span => span.name === 'openai.request' && (client === undefined || span.service === client.name))
      .sort((one, other) => Number(one.start - other.start))
  return {
    flags: [],
    env: client => ({
      ...datadog.env,
      DD_SERVICE: client.name,
      DD_OPENAI_LOGS_ENABLED: 'true',
      DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE: '1',
    }),
    seen,
    lines: clients => [
      ...spanTable(
        COLUMNS,
        clients.map(client => ({ title: client.title, spans: seen(client) })),
        span => span.error === 1,
      ),
      '',
      ...summary(
        'metrics',
        dogstatsd.metrics().map(({ name }) => name),
      ),
      ...summary(
        'logs',
        intake.entries().map(({ message }) => String(message)),
      ),
    ],
    close: () => datadog.close(),
  }
}
