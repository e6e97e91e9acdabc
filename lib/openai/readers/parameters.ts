import type { Json, JsonObject } from '../json'
import { loggable } from './loggable'
import type { Asked, Payload } from './reader'
import { bodyOf } from './shape'

/** Members that are no parameter: the model has a place of its own, and what is asked is content. */
const ASKED = (
  'model messages input prompt instruction instructions prediction suffix tools functions file image image[] mask ' +
  'conversation_history'
).split(' ')
const NO_PARAMETERS: ReadonlySet<string> = new Set(ASKED)

/**
 * What a request asks for beside its content, by the API's own names and with their own types: whatever parameters there
 * will be tomorrow are among them.
 */
export function askedParameters({ payload }: Asked): JsonObject {
  return membersOf(bodyOf(payload), name => !NO_PARAMETERS.has(name))
}

/** The same, but as the server applied them, for those of which it tells. */
export function appliedParameters(told: readonly string[]): (asked: Asked, answered: Payload) => JsonObject {
  const isTold = new Set(told)
  return (asked, answered) => ({
    ...askedParameters(asked),
    ...membersOf(bodyOf(answered), name => isTold.has(name)),
  })
}

function membersOf(body: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  const wanted = Object.entries(body).filter(([name, value]) => value !== null && value !== '' && isWanted(name))
  // Not by assignment: a member may be called `__proto__`.
  const shown = wanted.map(([name, value]): [string, Json] => [name, loggable(value)])
  return Object.fromEntries(shown)
}
