import { field } from '../json'
import { failureIn } from './failure'
import { itemFacts } from './items'
import type { Reader } from './reader'
import { bodyOf, listFacts, objects, pick, requestFacts, responseFacts } from './shape'

/** Conversations and their items. */
export const conversations: Reader = {
  request(asked) {
    const found = requestFacts(asked)
    const items = field(bodyOf(asked.payload), 'items')
    found.count('items_count', items)
    for (const [n, item] of objects(items).entries()) {
      if (found.isFull) break
      itemFacts(found, `items.${n}`, item)
    }
    return found
  },
  response: answered => listFacts(responseFacts(answered, { strings: ['type', 'role'] }), bodyOf(answered)),
  failure: failureIn,
  sample: asked => pick(bodyOf(asked.payload), ['items']),
}
