import { field, list } from '../json'
import { loggable } from './loggable'
import type { Reader } from './reader'
import { bodyOf, type Shape, shaped } from './shape'

/** A search also tells what it found, in full; a list of stores, which has `data` too, is no answer of one. */
export function vectorStores(shape: Shape): Reader {
  const named = shaped(shape)
  return {
    ...named,
    sample(asked, answered) {
      const body = bodyOf(answered)
      const isFound = field(body, 'object') === 'vector_store.search_results.page'
      return { ...named.sample?.(asked, answered), ...(isFound ? { results: loggable(list(body.data)) } : {}) }
    },
  }
}
