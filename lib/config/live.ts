import { say } from '../say'
import { type Env, fromCode } from './answers'
import type { Config, ConfigKey } from './config'
import { type ConfigReading, inForce, read, take } from './read'
import { KEYS, ROWS } from './rows'

/** The settings of an interceptor that runs, which a later `start()` may change. */
export interface LiveConfig {
  /** Tells what holds now: a setting is to be read from it when it is needed, and not before. */
  readonly config: Config
  /**
   * Takes the settings of a later start and gives the keys of those that have changed. What cannot change any more is
   * named in one line.
   */
  apply(settings: unknown): ReadonlySet<ConfigKey>
}

export function liveConfig(env: Env, settings: unknown): LiveConfig {
  let reading = read(env, settings)
  let current = inForce(reading)
  const config = { ...current }
  for (const key of KEYS) Object.defineProperty(config, key, { enumerable: true, get: () => current[key] })
  return {
    config: Object.freeze(config),
    apply(later) {
      const before = current
      reading = takeLater(reading, later)
      current = inForce(reading)
      return new Set(KEYS.filter(key => before[key] !== current[key]))
    },
  }
}

function takeLater(reading: ConfigReading, settings: unknown): ConfigReading {
  const source = fromCode(settings)
  const fixed: ConfigKey[] = []
  const taken = take(reading, source, key => {
    const answer = source.table[key]
    if (answer === undefined || 'bad' in answer || isSame(answer.value, reading.wished[key])) return true
    const { live } = ROWS[key]
    const isLive = live === 'off' ? answer.value === false : live === true
    if (!isLive) fixed.push(key)
    return isLive
  })
  if (fixed.length > 0) {
    say(
      `start(): it runs already, so ${fixed.join(', ')} cannot be changed; set ${fixed.length > 1 ? 'them' : 'it'} ` +
        'where it starts first, or in the environment',
    )
  }
  return taken
}

function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((entry, i) => entry === b[i])
}
