import { join } from 'node:path'
import { startCollector } from '../receiver/otlp'
import type { OtlpSpan } from '../receiver/otlp-json'
import type { Client } from './client-list'
import { type Column, cellText, costText, msText, spanTable, summary } from './table'
import type { View } from './view'

function number(span: OtlpSpan, name: string): number | undefined {
  const value = span.attributes[name]
  return typeof value === 'number' ? value : undefined
}

function inMs(seconds: number | undefined): string {
  return msText(seconds === undefined ? undefined : seconds * 1000)
}

const COLUMNS: readonly Column<OtlpSpan>[] = [
  { title: 'span', align: 'left', read: ({ name }) => name },
  { title: 'answered by', align: 'left', read: span => cellText(span.attributes['gen_ai.response.model']) },
  { title: 'status', align: 'right', read: span => cellText(span.attributes['http.response.status_code']) },
  { title: 'duration', align: 'right', read: ({ duration }) => msText(duration / 1e6) },
  {
    title: 'first chunk',
    align: 'right',
    read: span => inMs(number(span, 'gen_ai.response.time_to_first_chunk')),
  },
  { title: 'in', align: 'right', read: span => cellText(span.attributes['gen_ai.usage.input_tokens']) },
  { title: 'out', align: 'right', read: span => cellText(span.attributes['gen_ai.usage.output_tokens']) },
  { title: 'cost', align: 'right', read: span => costText(number(span, 'openai.response.cost.usd')) },
  { title: '', align: 'left', read: remarksOf },
]

function remarksOf({ attributes }: OtlpSpan): string {
  const reasons = attributes['gen_ai.response.finish_reasons']
  return [
    attributes['error.type'],
    Array.isArray(reasons) ? reasons.join(' ') : undefined,
    attributes['openai.response.incomplete'],
  ]
    .filter(remark => typeof remark === 'string')
    .join(', ')
}

/** A collector that apps with the OpenTelemetry SDK, and without dd-trace, export to. */
export async function otelView(): Promise<View> {
  const collector = await startCollector()
  const seen = (client?: Client): OtlpSpan[] =>
    collector
      .spans()
      .filter(
        ({ scope, resource }) =>
          scope.name === 'interceptor' && (client === undefined || resource['service.name'] === client.name),
      )
      .sort((one, other) => Number(one.start - other.start))
  return {
    flags: ['--require', join(__dirname, 'otel-sdk.js')],
    env: client => ({
      ...collector.env,
      OTEL_SERVICE_NAME: client.name,
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      INTERCEPTOR_OUTPUTS: 'otel',
    }),
    seen,
    lines: clients => [
      ...spanTable(
        COLUMNS,
        clients.map(client => ({ title: client.title, spans: seen(client) })),
        ({ status }) => status.code === 2,
      ),
      '',
      ...summary(
        'points of histograms',
        collector.points().map(({ name }) => name),
      ),
    ],
    close: () => collector.close(),
  }
}
