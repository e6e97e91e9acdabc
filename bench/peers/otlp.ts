import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/** OpenTelemetry as its documentation sets it up: spans in batches, metrics once a minute, both sent at the end. */
export function withOtlp(instrumentation: Instrumentation): void {
  const traces = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })
  const meters = new MeterProvider({ readers: [reader] })
  traces.register()
  metrics.setGlobalMeterProvider(meters)
  registerInstrumentations({ instrumentations: [instrumentation] })
  process.once('beforeExit', () => void Promise.all([traces.forceFlush(), meters.forceFlush()]))
}
