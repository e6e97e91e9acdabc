import { say } from '../say'
import { type Answer, type Answers, type Env, fromCode, fromEnvironment } from './answers'
import type { Config, ConfigKey } from './config'
import { KEYS, ROWS } from './rows'
import { shownInUse } from './shown'

/**
 * The settings as they are wished, and those that could not be read. While one of these is about what leaves the
 * process, nothing of that kind leaves.
 */
export interface ConfigReading {
  readonly wished: Config
  readonly unreadable: ReadonlySet<ConfigKey>
}

/**
 * Reads environment and settings, of which the latter go first. A bad value is said in one line that names it and what is
 * used instead; it never stops the app.
 */
export function readConfig(env: Env = process.env, settings: unknown = undefined): Config {
  return inForce(read(env, settings))
}

export function read(env: Env, settings: unknown): ConfigReading {
  const inCode = fromCode(settings)
  const isDecided = (key: ConfigKey): boolean => 'value' in (inCode.table[key] ?? {})
  const fromEnv = take({ wished: DEFAULTS, unreadable: new Set() }, fromEnvironment(env), key => !isDecided(key))
  return take(fromEnv, inCode, () => true)
}

/** What holds: closed where something could not be read. */
export function inForce({ wished, unreadable }: ConfigReading): Config {
  const closed = new Set([...unreadable].map(key => ROWS[key].closes))
  return Object.freeze({
    ...wished,
    captureContent: wished.captureContent && !closed.has('content'),
    logsEnabled: wished.logsEnabled && !closed.has('logs') && !closed.has('intakes'),
    ...(closed.has('llmobs') || closed.has('intakes')
      ? { llmobsEnabled: false, outputs: wished.outputs.filter(name => name !== 'llmobs') }
      : {}),
  })
}

/** A reading with what a source says put over it, as far as it may. */
export function take(before: ConfigReading, source: Answers, may: (key: ConfigKey) => boolean): ConfigReading {
  const wished = { ...before.wished }
  const unreadable = new Set(before.unreadable)
  const takeOne = <K extends ConfigKey>(key: K): void => {
    const answer: Answer<Config[K]> | undefined = source.table[key]
    if (answer === undefined || !may(key)) return
    if ('bad' in answer) {
      unreadable.add(key)
      say(`${source.nameOf(key)}: ${answer.bad}; ${usedInstead(key, before.wished[key])}`)
      return
    }
    unreadable.delete(key)
    putSetting(wished, key, ROWS[key].join?.(before.wished[key], answer.value) ?? answer.value)
    if (answer.remark !== undefined) say(`${source.nameOf(key)}: ${answer.remark}`)
  }
  KEYS.forEach(takeOne)
  for (const { line, meant } of source.unknown) {
    const closes = meant && ROWS[meant].closes
    if (meant !== undefined) unreadable.add(meant)
    say(closes === undefined ? line : `${line}; until then ${CLOSED[closes]}`)
  }
  return { wished, unreadable }
}

function putSetting<K extends ConfigKey>(into: { [P in K]?: Config[P] }, key: K, value: Config[K]): void {
  into[key] = value
}

const CLOSED = {
  content: 'no prompt or output leaves the process',
  logs: 'no logs are sent',
  llmobs: 'no LLM Observability spans are sent',
  intakes: 'no logs are sent, and no LLM Observability spans',
} as const

/** The switches are themselves what is closed. */
const SWITCHES: ReadonlySet<ConfigKey> = new Set(['captureContent', 'logsEnabled', 'llmobsEnabled'])

function usedInstead(key: ConfigKey, value: Config[ConfigKey]): string {
  const { closes, secret } = ROWS[key]
  const used = SWITCHES.has(key) ? 'false' : secret && value !== undefined ? 'the one before' : shownInUse(value)
  return `${used} is used instead${closes === undefined ? '' : `, and ${CLOSED[closes]}`}`
}

const DEFAULTS = defaults()

function defaults(): Config {
  const values: { [K in ConfigKey]?: Config[K] } = {}
  const putOne = <K extends ConfigKey>(key: K): void => {
    values[key] = ROWS[key].default
  }
  KEYS.forEach(putOne)
  if (!isWhole(values)) throw new Error('a setting has no row')
  return values
}

function isWhole(values: { readonly [K in ConfigKey]?: Config[K] }): values is Config {
  return KEYS.every(key => key in values)
}
