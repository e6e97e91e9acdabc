import type { Config, ConfigKey } from './config'
import type { Kind } from './kinds'
import { nearest } from './nearest'
import { isKey, KEYS, ROWS, type SettingRow, VARIABLES } from './rows'
import { shown } from './shown'
import { tooLarge } from './size'

/** What a source says of one setting; `bad`: it says something that cannot be used, in words. */
export type Answer<T> = Good<T> | { readonly bad: string }

interface Good<T> {
  readonly value: T
  /** What is to be said of it all the same. */
  readonly remark?: string | undefined
}

type Table = { readonly [K in ConfigKey]?: Answer<Config[K]> }

/** What a source says of the settings, and how it names each. */
export interface Answers {
  readonly table: Table
  nameOf(key: ConfigKey): string
  /** Names that nothing is known of, with the setting that each was most likely meant to be. */
  readonly unknown: readonly Unknown[]
}

interface Unknown {
  readonly line: string
  readonly meant: ConfigKey | undefined
}

export type Env = Readonly<Record<string, string | undefined>>

/** The environment's. A blank variable says nothing. */
export function fromEnvironment(env: Env): Answers {
  return {
    table: tableOf(key => parsedVariable(ROWS[key], env)),
    nameOf: key => ROWS[key].name ?? key,
    unknown: unknownVariables(env),
  }
}

function parsedVariable<T>({ name, kind, secret }: SettingRow<T>, env: Env): Answer<T> | undefined {
  const text = name === undefined ? undefined : env[name]?.trim()
  if (text === undefined || text === '') return undefined
  const large = (kind.tooLarge ?? tooLarge)(text)
  if (large !== undefined) return { bad: large }
  const value = kind.parse(text)
  if (value !== undefined) return { value, remark: remarkOn(text, kind) }
  return { bad: `${secret ? 'the value' : shown(text)} is not ${kind.expects}` }
}

function remarkOn(text: string, { remark }: Kind<unknown>): string | undefined {
  const said = remark?.(text)
  return said === undefined ? undefined : `${shown(text)} ${said}`
}

/** Each setting is asked for once: what the app gives may have getters. */
function tableOf(read: <K extends ConfigKey>(key: K) => Answer<Config[K]> | undefined): Table {
  const table: { [K in ConfigKey]?: Answer<Config[K]> } = {}
  const readOne = <K extends ConfigKey>(key: K): void => {
    const answer = read(key)
    if (answer !== undefined) putAnswer(table, key, answer)
  }
  KEYS.forEach(readOne)
  return table
}

function putAnswer<K extends ConfigKey>(
  into: { [P in K]?: Answer<Config[P]> },
  key: K,
  answer: Answer<Config[K]>,
): void {
  into[key] = answer
}

const BY_VARIABLE = new Map(VARIABLES.map(({ name, key }) => [name, key] as const))
const VARIABLE_NAMES = [...BY_VARIABLE.keys()]

/** Kubernetes sets such ones for a service that is called `interceptor`. */
const OF_KUBERNETES = /^INTERCEPTOR_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)$/

/** `DD_OPENAI_*` is not ours alone: there only what is nearly a name of ours is said. */
function unknownVariables(env: Env): Unknown[] {
  return Object.keys(env).flatMap(name => {
    if (!/^(?:INTERCEPTOR|DD_OPENAI)_/.test(name) || BY_VARIABLE.has(name) || OF_KUBERNETES.test(name)) return []
    const near = nearest(name, VARIABLE_NAMES)
    if (near === undefined && name.startsWith('DD_')) return []
    return [
      unknown(
        `${printable(name)}: there is no such variable`,
        near,
        near === undefined ? undefined : BY_VARIABLE.get(near),
      ),
    ]
  })
}

/** Those given to `start`. A setting that is undefined or null says nothing. Whatever the app gives, nothing is thrown. */
export function fromCode(settings: unknown): Answers {
  if (settings === undefined || settings === null) return NO_ANSWERS
  const given = attempt(() => (isSettings(settings) ? settings : undefined))
  if (given === undefined) return UNREADABLE
  return {
    table: tableOf(key => accepted(ROWS[key], given, key)),
    nameOf: key => `start({ ${key} })`,
    unknown: unknownSettings(given),
  }
}

const NO_ANSWERS: Answers = { table: {}, nameOf: key => key, unknown: [] }
/** What was meant cannot be known: perhaps to keep content in. */
const UNREADABLE: Answers = {
  ...NO_ANSWERS,
  unknown: [{ line: 'start(): the settings are not an object and are not used', meant: 'captureContent' }],
}

function isSettings(settings: unknown): settings is object {
  return typeof settings === 'object' && settings !== null && !Array.isArray(settings)
}

function accepted<T>({ kind, secret }: SettingRow<T>, given: object, key: ConfigKey): Answer<T> | undefined {
  return attempt(
    (): Answer<T> | undefined => {
      const wanted: unknown = Reflect.get(given, key)
      if (wanted === undefined || wanted === null) return undefined
      const large = tooLarge(wanted)
      if (large !== undefined) return { bad: large }
      const value = kind.accept(wanted)
      if (value !== undefined) return { value, remark: typeof wanted === 'string' ? remarkOn(wanted, kind) : undefined }
      return { bad: `${secret ? 'the value' : shown(wanted)} is not ${kind.inCode ?? kind.expects}` }
    },
    { bad: 'it cannot be read' },
  )
}

function unknownSettings(given: object): Unknown[] {
  const names = attempt(() => Object.keys(given), []).filter(name => !isKey(name))
  const looked = names.slice(0, MOST_UNKNOWN).map(name => {
    const near = nearest(name, [...KEYS, ...VARIABLE_NAMES]) ?? ''
    const meant = isKey(near) ? near : BY_VARIABLE.get(near)
    return unknown(`start({ ${printable(name)} }): there is no such setting`, meant, meant)
  })
  const more = names.length - looked.length
  if (more === 0) return looked
  // One of them may be a misspelt `captureContent`.
  return [...looked, { line: `start(): ${more} more names are no settings either`, meant: 'captureContent' }]
}

/** An object of another kind, given by mistake, has thousands of names: 10,000 took 1.6 s, and as many lines. */
const MOST_UNKNOWN = 20

function unknown(line: string, near: string | undefined, meant: ConfigKey | undefined): Unknown {
  return { line: near === undefined ? line : `${line}; did you mean ${near}?`, meant }
}

/** A name in one line. */
function printable(name: string): string {
  return name.slice(0, 100).replace(/[^\w.$-]/g, '?')
}

function attempt<T>(read: () => T): T | undefined
function attempt<T>(read: () => T, otherwise: T): T
function attempt<T>(read: () => T, otherwise?: T): T | undefined {
  try {
    return read()
  } catch {
    return otherwise
  }
}
