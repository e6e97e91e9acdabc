import { say } from '../../say'
import type { PriceList } from './list'

/** The list that the package has; loaded when it is first asked for. */
export function bundledList(): PriceList {
  const { PRICE_LIST } = require('./list') as typeof import('./list')
  return PRICE_LIST
}

const loadFile: () => typeof import('./list-file') = () => require('./list-file')

let file: string | undefined
let list: PriceList | undefined

/** From now on this file's list is used (`INTERCEPTOR_PRICE_LIST`), or the bundled one if undefined. Reads nothing yet. */
export function useListOf(path: string | undefined): void {
  if (path === file) return
  file = path
  list = undefined
}

/** What models are priced by in this process. A file that cannot be used is said, and the bundled list is used. */
export function listInUse(): PriceList {
  list ??= file === undefined ? bundledList() : listOf(file)
  return list
}

function listOf(path: string): PriceList {
  try {
    return loadFile().readListFile(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const bundled = bundledList()
    say(`INTERCEPTOR_PRICE_LIST: ${path}: ${why}; the bundled list of ${bundled.date} is used`)
    return bundled
  }
}
