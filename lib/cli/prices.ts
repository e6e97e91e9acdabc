import { readConfig } from '../config'
import { type AddCommand, Misuse } from './command'

const loadShow: () => typeof import('../prices/show') = () => require('../prices/show')
const loadUpdate: () => typeof import('../prices/update') = () => require('../prices/update')

interface PricesOptions {
  readonly update?: true
  readonly from?: string
  readonly to?: string
}

const WITHOUT_NETWORK = `
Without network: fetch the file by other means (the address is said where fetching fails), then
  interceptor prices --update --from data.json
Or copy the file that --update has written on another machine. It is used where INTERCEPTOR_PRICE_LIST names it.`

export const addPrices: AddCommand = (program, { print, end }) => {
  program
    .command('prices')
    .summary('says how old the price list is and what a model costs; --update fetches a newer list')
    .description('Says how old the price list is, and what a model costs. Fetches nothing, unless with --update.')
    .argument('[model]', 'a model, as calls name it')
    .option('--update', 'fetches the newest list, and writes it to a file')
    .option('--from <place>', 'with --update: a file or URL that has the data of @pydantic/genai-prices')
    .option('--to <file>', 'with --update: where to; INTERCEPTOR_PRICE_LIST, else interceptor-prices.json')
    .addHelpText('after', WITHOUT_NETWORK)
    .allowExcessArguments(false)
    .action(async (model: string | undefined, { update, from, to }: PricesOptions) => {
      const { priceList } = readConfig()
      if (update !== true) {
        if (from !== undefined || to !== undefined) throw new Misuse('prices: --from and --to go with --update')
        const { lines, isKnown } = loadShow().shownPrices(priceList, model)
        for (const line of lines) print(line)
        return end(isKnown ? 0 : 1)
      }
      if (model !== undefined) throw new Misuse('prices --update takes no model: it fetches the whole list')
      for (const line of await loadUpdate().updatePrices({ from, to, priceList })) print(line)
    })
}
