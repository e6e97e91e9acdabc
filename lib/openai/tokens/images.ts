import { field, type Json, obj, str } from '../json'
import { imageSize, type Size } from './image-size'

interface TileRule {
  readonly model: string
  /** Tokens of a picture of low detail, and of what is there before the tiles. */
  readonly base: number
  /** Tokens of each tile of 512 × 512. */
  readonly tile: number
}

/**
 * Tokens of pictures, by the longest prefix of the model's name, as OpenAI publishes them under "Calculating costs":
 * https://platform.openai.com/docs/guides/images-vision#calculating-costs. Models that count patches instead (the mini
 * and nano ones of newer lines) are not in it: theirs are left out.
 */
const TILE_RULES: readonly TileRule[] = [
  { model: 'gpt-4o-mini', base: 2833, tile: 5667 },
  { model: 'gpt-4o', base: 85, tile: 170 },
  { model: 'gpt-4-', base: 85, tile: 170 },
  { model: 'gpt-4.1-2', base: 85, tile: 170 },
  { model: 'gpt-4.5', base: 85, tile: 170 },
  { model: 'gpt-5-2', base: 70, tile: 140 },
  { model: 'gpt-5-chat', base: 70, tile: 140 },
  { model: 'o1', base: 75, tile: 150 },
  { model: 'o3-2', base: 75, tile: 150 },
]
const EXACT: readonly string[] = ['gpt-4.1', 'gpt-5', 'o3']

/** Tokens of an `image_url` or `input_image` part; undefined where neither its size nor its detail tells. */
export function imageTokens(part: Json, model: string): number | undefined {
  const rule = ruleOf(model)
  if (rule === undefined) return undefined
  const nested = obj(field(part, 'image_url'))
  const detail = str(nested.detail) ?? str(field(part, 'detail'))
  if (detail === 'low') return rule.base
  const url = str(nested.url) ?? str(field(part, 'image_url'))
  const size = url === undefined ? undefined : imageSize(url)
  return size && rule.base + rule.tile * tiles(size)
}

function ruleOf(model: string): TileRule | undefined {
  const dated = EXACT.includes(model) ? `${model}-2` : model
  const fitting = TILE_RULES.filter(rule => dated.startsWith(rule.model))
  return fitting.sort((a, b) => b.model.length - a.model.length)[0]
}

/** Fitted into 2048 × 2048, then to a shorter side of 768, then covered with tiles of 512. */
function tiles({ width, height }: Size): number {
  const fit = Math.min(1, 2048 / Math.max(width, height))
  const scale = fit * Math.min(1, 768 / (fit * Math.min(width, height)))
  return Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512)
}
