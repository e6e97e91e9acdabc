import { constants, gzip } from 'node:zlib'
import type { Item } from './queue'

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')

/**
 * The entries as one gzipped JSON array. Entries were serialised one by one as they came, so all that is done here on
 * the event loop is a copy (4.5 MB: about 2 ms); compression runs on the thread pool, at the level that costs least.
 */
export function batchBody(items: readonly Item[]): Promise<Buffer> {
  const parts = items.flatMap(({ json }, index) => [index === 0 ? OPEN : COMMA, json])
  const array = Buffer.concat([...parts, CLOSE])
  return new Promise((resolve, reject) => {
    gzip(array, { level: constants.Z_BEST_SPEED }, (error, body) => (error === null ? resolve(body) : reject(error)))
  })
}
