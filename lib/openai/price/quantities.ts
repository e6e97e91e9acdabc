import type { Facts } from '../call'
import { at, count, field, type Json, lengthOf, num } from '../json'

/** Beside tokens: pictures, characters, seconds, and in which format. */
export interface Quantities {
  readonly images?: number
  readonly characters?: number
  readonly seconds?: number
  readonly size?: string
  readonly quality?: string
  /** How much a call searched: `low`, `medium` or `high`. */
  readonly searchContext?: string
}

/** A call as far as it tells of these. */
interface Asked {
  readonly family: string
  /** What the request's body or form says of size, quality and number. */
  readonly facts: Facts
  readonly request: Json | undefined
  readonly response: Json | undefined
}

/** What a call made or took that is no token, if what was asked and answered tells. */
export function quantitiesOf({ family, facts, request, response }: Asked): Quantities {
  if (family === 'chat.completions') return searched(request, response)
  const said = (name: string): Json | undefined => field(response, name) ?? facts.fields.get(name)
  if (family === 'images' && response !== undefined) {
    const data = field(response, 'data')
    const images = Array.isArray(data) ? lengthOf(data) : numeric(facts.fields.get('n'))
    return { images: images ?? 1, ...formatOf(said) }
  }
  if (family === 'videos' && response !== undefined) return { ...seconds(said('seconds')), ...formatOf(said) }
  if (family === 'audio.speech') {
    const text = field(request, 'input')
    return typeof text === 'string' ? { characters: [...text].length } : {}
  }
  return family.startsWith('audio.') ? seconds(at(response, 'usage', 'seconds') ?? field(response, 'duration')) : {}
}

function searched(request: Json | undefined, response: Json | undefined): Quantities {
  const context =
    at(response, 'usage', 'search_context_size') ?? at(request, 'web_search_options', 'search_context_size')
  return typeof context === 'string' ? { searchContext: context } : {}
}

function seconds(value: Json | undefined): Quantities {
  const found = numeric(value)
  return found === undefined ? {} : { seconds: found }
}

/** Whisper's duration and a video's seconds have been texts, too; so is all of a form. */
function numeric(value: Json | undefined): number | undefined {
  const isNumeric = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value)
  return count(isNumeric ? num(Number(value)) : value)
}

function formatOf(said: (name: string) => Json | undefined): Quantities {
  const [size, quality] = [said('size'), said('quality')]
  return {
    ...(typeof size === 'string' ? { size } : {}),
    ...(typeof quality === 'string' ? { quality } : {}),
  }
}
