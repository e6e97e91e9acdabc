import { readConfig } from '../config'
import { isLlmobsOn, tryLlmobs } from './llmobs'
import { tryLog } from './log'
import { tryMetric } from './metric'
import { type SettingsSection, settingsOf } from './settings'
import { trySpan } from './span'
import type { Trial } from './trial'

export interface CheckOptions {
  readonly env: NodeJS.ProcessEnv
  /** Of this package. */
  readonly version: string
  print(text: string): void
}

/**
 * Says what would be recognised and sent where in this environment, sends one test span, metric and log there (and one span
 * of LLM Observability where that is on), and says what became of each. Gives the exit code: 1 if anything was not accepted.
 * Takes a few seconds at most.
 */
export async function check({ env, version, print }: CheckOptions): Promise<number> {
  const config = readConfig(env)
  print(`interceptor ${version}, node ${process.versions.node}, dd-trace ${tracerVersion() ?? 'not installed'}\n`)
  print(settingsOf(config, env).map(sectionShown).join('\n\n'))
  // Without Datadog's outputs nothing of them is loaded, and nobody waits for a span of a trial.
  const isDatadog = config.outputs.includes('datadog')
  const trials = await Promise.all([
    ...(isDatadog ? [trySpan(config, env), tryMetric(config), tryLog(config, env)] : []),
    ...(isLlmobsOn(config) ? [tryLlmobs(config, env)] : []),
  ])
  print(`\ntried\n${trials.map(trialShown).join('\n') || '  nothing: no output of Datadog’s is on'}`)
  return trials.some(({ result }) => result === 'not accepted') ? 1 : 0
}

function tracerVersion(): string | undefined {
  try {
    return (require('dd-trace/package.json') as { version: string }).version
  } catch {
    return undefined
  }
}

const LABEL_WIDTH = 23
const RESULT_WIDTH = 21
const NAME_WIDTH = 8

function sectionShown({ title, rows }: SettingsSection): string {
  return [
    title,
    ...rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${hanging(text.split('\n'), LABEL_WIDTH + 2)}`),
  ].join('\n')
}

function trialShown({ name, where, result, because, remedy }: Trial): string {
  const lines = [where, because, ...(remedy === undefined ? [] : [remedy])]
  return `  ${name.padEnd(NAME_WIDTH)}${result.padEnd(RESULT_WIDTH)}${hanging(lines, NAME_WIDTH + RESULT_WIDTH + 2)}`
}

function hanging(lines: readonly string[], indent: number): string {
  return lines.join(`\n${' '.repeat(indent)}`)
}
