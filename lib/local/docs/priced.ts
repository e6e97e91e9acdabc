import { bundledList } from '../../openai/price/list-in-use'
import { MORE_MODELS } from '../../openai/price/more-models'
import { RateCache } from '../../openai/price/rate-cache'
import type { RateKey, Rates } from '../../openai/price/rates'
import { tierFactor } from '../../openai/price/tiers'
import { toolCharges } from '../../openai/price/tool-charges'
import type { ToolUse } from '../../openai/price/tool-use'

/** OpenAI's models, each in the first group whose expression its name fits. */
const GROUPS: readonly (readonly [name: string, models: RegExp])[] = [
  ['fine-tuned', /^ft:/],
  ['images', /image|^dall-e/],
  ['videos', /^sora/],
  ['speech', /tts/],
  ['transcription, translation', /transcribe|translate|whisper/],
  ['realtime and audio', /realtime|audio|live/],
  ['embeddings', /embedding/],
  ['moderation', /moderation/],
  ['search, deep research', /search/],
  ['GPT-5 and newer', /^(?:gpt-[5-9]|chatgpt-[5-9])/],
  ['GPT-4.1, GPT-4o', /4\.1|4o/],
  ['o series', /^o\d/],
  ['GPT-4, GPT-3.5 and other', /./],
]

/** A model at a provider, with the rates that it has on the list's day. */
interface Priced {
  readonly provider: string
  readonly model: string
  readonly rates: Rates
}

type Column = Readonly<Record<string, (priced: Priced) => boolean>>

const rate =
  (...keys: RateKey[]) =>
  ({ rates }: Priced): boolean =>
    keys.some(key => rates[key] !== undefined)

const tier =
  (name: string) =>
  ({ provider, model }: Priced): boolean =>
    tierFactor({ name, confirmed: false }, provider, model) !== 1

/** They take tokens, and use no tools. */
const TOOLLESS = /image|tts|transcribe|translate|moderation/

/** Of models that write text: others use no tools. */
const tool =
  (use: ToolUse) =>
  ({ provider, model, rates }: Priced): boolean =>
    Boolean(rates.output) &&
    !TOOLLESS.test(model) &&
    toolCharges([use], { provider, model, rates, at: 0, ratesOf: () => undefined, isNewContainer: () => true }).every(
      ({ usd }) => usd !== undefined,
    )

/** A cell's label is left out where it is the column's own. */
const COLUMNS: Readonly<Record<string, Column>> = {
  text: { yes: rate('input', 'output') },
  'cached input': { yes: rate('cachedInput') },
  'audio tokens': { yes: rate('audioInput', 'audioOutput') },
  'image tokens': { yes: rate('imageInput', 'imageOutput') },
  tools: {
    'web search': tool({ tool: 'web_search', times: 1, by: 'web_search' }),
    'file search': tool({ tool: 'file_search', times: 1 }),
    containers: tool({ tool: 'container', what: 'code_interpreter', ids: [''] }),
  },
  tiers: { flex: tier('flex'), priority: tier('priority') },
  'by the piece': { picture: rate('image'), character: rate('character'), second: rate('second') },
}

export const PRICED_HEAD: readonly string[] = ['models', 'of them', ...Object.keys(COLUMNS)]

/** What has a price, by OpenAI's families of models and by whose else they are. */
export function pricedRows(): string[][] {
  const openai = pricedOf('openai')
  const groups = GROUPS.map(([name], i) =>
    rowOf(
      name,
      openai.filter(({ model }) => groupOf(model) === i),
    ),
  )
  const others = Object.keys(bundledList().providers).filter(id => id !== 'openai' && id !== 'azure')
  return [
    ...groups,
    rowOf('at Azure', pricedOf('azure')),
    rowOf(`at ${others.length} other providers`, others.flatMap(pricedOf)),
  ]
}

function groupOf(model: string): number {
  return GROUPS.findIndex(([, models]) => models.test(model))
}

function rowOf(name: string, all: readonly Priced[]): string[] {
  const cells = Object.values(COLUMNS).map(column =>
    Object.entries(column)
      .map(([label, has]) => share(label, all.filter(has).length, all.length))
      .filter(text => text !== '')
      .join(', '),
  )
  return [name, String(all.length), ...cells.map(cell => cell || 'no')]
}

/** `flex`, `flex (3)` where only three have it, nothing where none has. */
function share(label: string, count: number, all: number): string {
  if (count === 0) return ''
  if (count === all) return label
  return label === 'yes' ? String(count) : `${label} (${count})`
}

function pricedOf(provider: string): Priced[] {
  const { date, providers } = bundledList()
  const cache = new RateCache()
  const [, ...lines] = (providers[provider] ?? '').split('\n')
  const patterns = [
    ...lines.map((line): string => JSON.parse(line)[0]),
    ...(MORE_MODELS[provider] ?? []).map(({ names }) => names),
  ]
  return [...new Set(patterns.map(nameIn))].flatMap(model => {
    const rates = cache.rates(provider, model, Date.parse(date))
    return rates === undefined ? [] : [{ provider, model, rates }]
  })
}

/** The first name that a pattern takes: a row has several names of one model. */
function nameIn(patterns: string): string {
  const plain = patterns.split(' ').find(pattern => !/^\/|&/.test(pattern)) ?? ''
  return plain.replaceAll('*', '')
}
