import { Arrivals, type Condition } from './arrivals'
import { decodeMetrics, decodeSpans, type OtlpPoint, type OtlpSpan } from './otlp-json'
import { type ReceivedRequest, type Receiver, type ReceiverOptions, startReceiver } from './receiver'

/** A running stand-in for an OpenTelemetry Collector that is sent JSON over HTTP. */
export interface Collector extends Receiver {
  spans(): readonly OtlpSpan[]
  /** Every point of a histogram, as often as it was exported. */
  points(): readonly OtlpPoint[]
  waitForSpans(condition: Condition<OtlpSpan>, timeoutMs?: number): Promise<readonly OtlpSpan[]>
  waitForPoints(condition: Condition<OtlpPoint>, timeoutMs?: number): Promise<readonly OtlpPoint[]>
  /** Points an app's SDK at it; for the environment of a child process. */
  readonly env: Record<string, string>
}

export async function startCollector(options: ReceiverOptions = {}): Promise<Collector> {
  const spans = new Arrivals<OtlpSpan>('spans', ({ name, scope }) => `${scope.name} ${name}`)
  const points = new Arrivals<OtlpPoint>('points', ({ name, count }) => `${name} ${count}`)
  const receiver = await startReceiver(options, received => take(received, spans, points))
  return {
    ...receiver,
    spans: () => spans.items,
    points: () => points.items,
    waitForSpans: (condition, timeoutMs) => spans.waitFor(condition, timeoutMs),
    waitForPoints: (condition, timeoutMs) => points.waitFor(condition, timeoutMs),
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'none',
    },
  }
}

function take({ req, res, body }: ReceivedRequest, spans: Arrivals<OtlpSpan>, points: Arrivals<OtlpPoint>): void {
  try {
    const payload: unknown = JSON.parse(body.toString())
    if (req.url === '/v1/traces') spans.add(...decodeSpans(payload))
    else if (req.url === '/v1/metrics') points.add(...decodeMetrics(payload))
    else return void res.writeHead(404).end()
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  } catch (cause) {
    res.writeHead(400).end(String(cause))
  }
}
