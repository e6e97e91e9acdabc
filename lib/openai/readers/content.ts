import { field, isObject, type Json } from '../json'
import { asText } from './facts'

/** Parts that are no text, by the kind that stands for them. */
const MARKERS: ReadonlyMap<string, string> = new Map([
  ['image_url', '[image]'],
  ['input_image', '[image]'],
  ['image_file', '[image]'],
  ['image', '[image]'],
  ['computer_screenshot', '[image]'],
  ['input_audio', '[audio]'],
  ['output_audio', '[audio]'],
  ['audio', '[audio]'],
  ['file', '[file]'],
  ['input_file', '[file]'],
])

/** Where a part keeps its text, the first that is there. */
const TEXTS = ['text', 'refusal', 'transcript', 'content', 'value'] as const

const DEEPEST = 4

/**
 * A prompt or output as one text: parts one under the other, those that are no text as `[image]`, `[audio]`, `[file]`
 * or their own kind.
 */
export function contentText(content: Json | undefined, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined
  if (Array.isArray(content) && content.some(isObject)) {
    const parts = content.map(part => contentText(part, depth + 1))
    return parts.filter(part => part !== undefined).join('\n') || undefined
  }
  if (Array.isArray(content) && content.length > 0 && content.every(part => typeof part === 'string')) {
    return content.join('\n')
  }
  return isObject(content) ? partText(content, depth) : asText(content)
}

function partText(part: Json, depth: number): string | undefined {
  const kind = field(part, 'type')
  const marker = typeof kind === 'string' ? MARKERS.get(kind) : undefined
  if (marker !== undefined) return marker
  for (const name of TEXTS) {
    const text = field(part, name)
    if (text !== undefined && text !== null) return contentText(text, depth + 1)
  }
  return typeof kind === 'string' && kind !== '' ? `[${kind.slice(0, 40)}]` : asText(part)
}
