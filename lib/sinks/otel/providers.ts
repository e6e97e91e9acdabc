import type { Meter, MeterProvider, Tracer, TracerProvider } from '@opentelemetry/api'
import { member } from '../../tracer/member'
import { SCHEMA_URL } from './conventions'

const NAME = 'interceptor'
const { version: VERSION } = require('../../../package.json') as { version: string }
const OPTIONS = { schemaUrl: SCHEMA_URL }

export function tracerOf(provider: TracerProvider): Tracer {
  return provider.getTracer(NAME, VERSION, OPTIONS)
}

export function meterOf(provider: MeterProvider): Meter {
  return provider.getMeter(NAME, VERSION, OPTIONS)
}

/** The API hands out a stand-in for the provider that was registered, which it tells. */
export function registered(provider: TracerProvider | MeterProvider): unknown {
  return asked(provider, 'getDelegate') ?? provider
}

/** dd-trace's tracer in OpenTelemetry's clothes: what is made there is a span of dd-trace's (5.132, 6.21). */
export function isDatadogs(tracer: Tracer): boolean {
  return member(asked(tracer, '_getTracer') ?? tracer, '_isOtelLibrary') !== undefined
}

/** What a method answers, if there is one. */
export function asked(target: unknown, name: string): unknown {
  const method = member(target, name)
  return typeof method === 'function' ? Reflect.apply(method, target, []) : undefined
}
