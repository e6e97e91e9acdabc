import { at, field } from '../json'
import type { Reader } from './reader'
import { bodyOf, listFacts, requestFacts, responseFacts } from './shape'

/** Models listed, retrieved and deleted; the first permission stands for them all. */
export const models: Reader = {
  request: asked => requestFacts(asked),
  response(answered) {
    const body = bodyOf(answered)
    const found = responseFacts(answered, { strings: ['owned_by', 'parent', 'root'] })
    found.members('permission', at(field(body, 'permission'), 0), 'object')
    return listFacts(found, body)
  },
}
