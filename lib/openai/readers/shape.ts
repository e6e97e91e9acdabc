import { remembered } from '../../remembered'
import type { Usage } from '../call'
import { at, field, isObject, type Json, type JsonObject, list, str } from '../json'
import { usageOf } from '../usage'
import { contentText } from './content'
import { type FactsBuilder, facts } from './facts'
import { failureIn } from './failure'
import { loggable } from './loggable'
import { metadataFacts } from './metadata'
import type { Asked, Payload, Reader } from './reader'

/** What a family's request says, as names. A dot reaches into an object: `response_format.type`. */
export interface RequestShape {
  /** Parameters, from JSON or a form: strings. */
  readonly params?: readonly string[]
  /** Prompts. */
  readonly texts?: readonly string[]
  /** Lists whose length tells: `tools` gives `tools_count`. */
  readonly counts?: readonly string[]
  /** Fact by the form fields that carry the file: its base name is shown. */
  readonly files?: Readonly<Record<string, readonly string[]>>
}

/** What a family's answer says, as names, beside those that all answers share. */
export interface ResponseShape {
  readonly strings?: readonly string[]
  readonly numbers?: readonly string[]
  /** Outputs. */
  readonly texts?: readonly string[]
  /** Lists whose length tells: `result_files` gives `result_files_count`. */
  readonly counts?: readonly string[]
  /** Objects of unknown members, each shown by its own type: `hyperparams`. */
  readonly members?: readonly string[]
}

export interface Shape {
  readonly request?: RequestShape
  readonly response?: ResponseShape
  /** The answer's usage is that of this call, and not a tally of others' (a batch's, say). */
  readonly billed?: boolean
}

/**
 * Query parameters that are shown, by name, because any other may be a secret (`?key=`, a signature) or somebody's
 * address (`emails`).
 */
const QUERY: ReadonlySet<string> = new Set(
  (
    'limit after before order order_by starting_after stream include include_obfuscation include_archived purpose ' +
    'status model models filter name page bucket_width group_by start_time end_time effective_at run_id variant user ' +
    'project_id project_ids batch sources sizes context_levels vector_store_ids tenant_only group_type'
  ).split(' '),
)

/** Of every answer: who it is and how it stands. */
const ANSWER_STRINGS = ['id', 'model', 'status', 'deleted'] as const
const ANSWER_NUMBERS = ['created', 'created_at', 'updated_at'] as const

/** Path parameters, the query, and the parameters of the body. */
export function requestFacts(asked: Asked, shape: RequestShape = {}): FactsBuilder {
  const found = facts()
  for (const [name, value] of asked.params) found.param(name, value)
  const names = asked.query.size === 0 ? [] : new Set(asked.query.keys())
  for (const name of names) {
    const bare = name.replace(/\[\]$/, '')
    if (!QUERY.has(bare)) continue
    const values = asked.query.getAll(name)
    found.param(bare, values.length > 1 ? values : values[0])
  }
  const body = bodyOf(asked.payload)
  metadataFacts(found, field(body, 'metadata'))
  for (const name of shape.params ?? []) found.param(name, reach(body, name))
  for (const name of shape.counts ?? []) found.count(`${name}_count`, reach(body, name))
  for (const [fact, fields] of Object.entries(shape.files ?? {})) found.param(fact, fileNames(asked.payload, fields))
  for (const name of shape.texts ?? []) found.text(name, contentText(reach(body, name)))
  return found
}

export function responseFacts(answered: Payload, shape: ResponseShape = {}): FactsBuilder {
  const found = facts()
  const size = sizeOf(answered)
  if (size !== undefined) found.number('total_bytes', size)
  const body = bodyOf(answered)
  metadataFacts(found, field(body, 'metadata'))
  for (const name of ANSWER_STRINGS) found.string(name, field(body, name))
  for (const name of ANSWER_NUMBERS) found.number(name, field(body, name))
  for (const name of shape.strings ?? []) found.string(name, reach(body, name))
  for (const name of shape.numbers ?? []) found.number(name, reach(body, name))
  for (const name of shape.counts ?? []) found.count(`${name.replaceAll('.', '_')}_count`, reach(body, name))
  for (const name of shape.members ?? []) found.members(name, reach(body, name))
  for (const name of shape.texts ?? []) found.text(name, contentText(reach(body, name)))
  return found
}

/** A reader for a family that names alone describe; a list answers with its count. */
export function shaped({ request, response, billed = false }: Shape): Reader {
  const sampled = (names: readonly string[] = [], body: JsonObject): Record<string, Json> => pick(body, names)
  return {
    request: asked => requestFacts(asked, request),
    response: answered => listFacts(responseFacts(answered, response), bodyOf(answered)),
    ...(billed ? { usage: (answer: Json): Usage | undefined => usageOf(answer) } : {}),
    // A job that failed has been retrieved well: that is its status, not the call's.
    failure: answer => (str(field(answer, 'id')) === undefined ? failureIn(answer) : undefined),
    sample: (asked, answered) => ({
      ...sampled(request?.texts, bodyOf(asked.payload)),
      ...sampled(response?.texts, bodyOf(answered)),
    }),
  }
}

/** What a page of a list says. */
export function listFacts(found: FactsBuilder, body: JsonObject): FactsBuilder {
  return found.count('count', field(body, 'data')).string('has_more', field(body, 'has_more'))
}

/** The members of a JSON body or the fields of a form. Any other body has none. */
export function bodyOf(payload: Payload): JsonObject {
  if (payload.kind === 'form') return Object.fromEntries(payload.fields)
  return payload.kind === 'json' && isObject(payload.value) ? payload.value : {}
}

/** Named members, ready for the log; absent, null and empty ones left out. */
export function pick(body: JsonObject, names: readonly string[]): Record<string, Json> {
  const picked: Record<string, Json> = {}
  for (const name of names) {
    const value = reach(body, name)
    if (value !== undefined && value !== null && value !== '') picked[name] = loggable(value)
  }
  return picked
}

/** The names of a form's files without their folders: `a/b.mp3` and `C:\b.mp3` are `b.mp3`. */
export function fileNames(payload: Payload, fields: readonly string[]): string | undefined {
  if (payload.kind !== 'form') return undefined
  const names = payload.files.filter(file => fields.includes(file.field)).map(file => baseName(file.filename))
  return names.filter(name => name !== '').join(', ') || undefined
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

export function reach(body: JsonObject, name: string): Json | undefined {
  const path = pathOf(name)
  return path.length === 1 ? field(body, name) : at(body, ...path)
}

const pathOf = remembered((name: string): readonly string[] => name.split('.'))

/** Decoded bytes of an answer that is a file. */
function sizeOf(payload: Payload): number | undefined {
  if (payload.kind === 'bytes') return payload.size
  return payload.kind === 'text' ? Buffer.byteLength(payload.text) : undefined
}

/** A choice's, item's or part's place: its own index if it is one, else where it stands. */
export function indexOf(value: Json | undefined, position: number, name = 'index'): number {
  const index = field(value, name)
  return typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : position
}

/** As many as facts are shown of: a loop over more is for nothing. */
const MOST_OBJECTS = 1000

/** The objects of a list, the first thousand of them. */
export function objects(value: Json | undefined): JsonObject[] {
  return list(value).slice(0, MOST_OBJECTS).filter(isObject)
}
