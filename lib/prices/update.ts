import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PriceList } from '../openai/price/list'
import { checkedList } from '../openai/price/list-file'
import { condense } from './condense'
import { DATA_URL, fetchData } from './fetch-data'

export interface PricesUpdate {
  /** A file or a URL; undefined is where the price package says that its newest data is. */
  readonly from: string | undefined
  /** The file to write. */
  readonly to: string | undefined
  /** The file that `INTERCEPTOR_PRICE_LIST` names. */
  readonly priceList: string | undefined
}

const FILE = 'interceptor-prices.json'

/** Writes a newer price list, and gives what is to be said of it. Throws an Error of one line, and then nothing changed. */
export async function updatePrices({ from = DATA_URL, to, priceList }: PricesUpdate): Promise<string[]> {
  const { data, date } = await fetchData(from)
  const list = listOf(from, date, () => condense(data))
  const file = to ?? priceList ?? FILE
  write(file, `${JSON.stringify(list, null, 2)}\n`)
  const providers = Object.values(list.providers)
  const models = providers.reduce((sum, lines) => sum + lines.split('\n').length - 1, 0)
  const isUsed = priceList !== undefined && resolve(priceList) === resolve(file)
  return [
    `${file} has the prices of ${models} models of ${providers.length} providers as of ${date}`,
    ...(isUsed ? [] : [`to use it: INTERCEPTOR_PRICE_LIST=${resolve(file)} in the environment of the app`]),
  ]
}

/** As it would be read again: a file that cannot be used is not written. */
function listOf(source: string, date: string, condensed: () => Record<string, string>): PriceList {
  try {
    return checkedList({ source: publicPart(source), date, providers: condensed() })
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new Error(`prices --update: ${source} is no data of @pydantic/genai-prices: ${why}`)
  }
}

/** Of a URL what may be shown: no password, no token in a query. */
function publicPart(from: string): string {
  if (!URL.canParse(from)) return from
  const { origin, pathname } = new URL(from)
  return origin === 'null' ? from : origin + pathname
}

/** The old file stays whole until the new one is. */
function write(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(unfinished, text)
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw new Error(`prices --update: ${file} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}
