import type { Facts, Incomplete, Usage } from '../call'
import type { Json, JsonObject } from '../json'
import type { Params } from '../params'
import type { Carried } from './carried'
import type { Fold } from './fold'

/** One file of a multipart form: never its bytes. */
export interface FormFile {
  /** The form field's name. */
  field: string
  /** As sent, folders and all; readers show the base name. */
  filename: string
  size: number
  type?: string
}

/** A body as far as it could be read, whichever side it is of. */
export type Payload =
  | { kind: 'none' }
  | { kind: 'json'; value: Json }
  | { kind: 'form'; fields: ReadonlyMap<string, string>; files: readonly FormFile[] }
  | { kind: 'text'; text: string }
  /** `size` counts decoded bytes. */
  | { kind: 'bytes'; size: number }

/** What a request says besides its body. */
export interface Asked {
  payload: Payload
  /** The path's parameters by the route table's names, decoded: `file_id`, `model`. */
  params: ReadonlyMap<string, string>
  query: Params
}

/** A failure that the body tells although HTTP said 200: an error event, `response.failed`, a run's `last_error`. */
export interface BodyFailure {
  message: string
  type?: string
  code?: string
  param?: string
  /** An HTTP status that the body tells: `{ "error": { "code": 429 } }`. */
  status?: number
}

/**
 * Understands one family of operations. All functions are pure and total: whatever JSON arrives, they leave out what
 * is not of the expected shape and read the rest. A stream is folded first, then read as the plain response.
 */
export interface Reader {
  request(asked: Asked): Facts
  response(answered: Payload): Facts
  usage?(answer: Json): Usage | undefined
  /** The plain response that a stream's events add up to: told each as `eventValue` gives it, in order. */
  fold?(): Fold
  /**
   * The event of which only the end was kept, out of what was open where that begins (`Ending.levels`): the event's whole
   * members first. Its `type`, which stands first, is put in where it can be told. Without it the members are the event.
   */
  cutEvent?(levels: readonly Json[]): Json | undefined
  /** What an event brings, for the times of a stream; without it no first token is told. */
  carries?(event: Json): Carried
  incomplete?(answer: Json): Incomplete | undefined
  failure?(answer: Json): BodyFailure | undefined
  /** What was asked and answered, in full, under the names of the log's attributes. Binary data left out. */
  sample?(asked: Asked, answered: Payload): Record<string, Json>
  /** Parameters by the API's own names and with their own types, as the server applied them where it tells. */
  parameters?(asked: Asked, answered: Payload): JsonObject
}
