import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { VARIABLES } from '../../lib/config'
import { ROOT } from '../app'

const modules = join(ROOT, 'node_modules')

/** Read by Node, by npm's and by the shell's world: no package here lists them. */
const OTHERS = ['NODE_OPTIONS', 'HTTPS_PROXY', 'NO_PROXY', 'OPENAI_API_KEY', 'DD_APP_KEY']

/** Environment variables that somebody reads: we, dd-trace or the OpenTelemetry SDK, as each says itself. */
export function knownVariables(): Set<string> {
  const tracer = join(modules, 'dd-trace/packages/dd-trace/src/config/supported-configurations.json')
  const ofSdk = ['core', 'sdk-node', 'otlp-exporter-base'].flatMap(name =>
    variablesIn(join(modules, '@opentelemetry', name, 'build/src')),
  )
  const ofTracer = readFileSync(tracer, 'utf8').match(/\b(?:DD|OTEL)_[A-Z0-9_]+/g) ?? []
  return new Set([...VARIABLES.map(({ name }) => name), ...ofTracer, ...ofSdk, ...OTHERS])
}

function variablesIn(folder: string): string[] {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js'))
  return sources.flatMap(file => readFileSync(join(folder, file), 'utf8').match(/\bOTEL_[A-Z0-9_]+/g) ?? [])
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
