import { type Json, lengthOf, list, obj, str } from '../json'
import { wireText } from './wire-text'

/** One side of a call as far as it can be counted. */
export class Countable {
  readonly texts: string[] = []
  /** Known without a tokenizer: token ids given as numbers, and what the format adds around texts. */
  tokens = 0
  /** What could not be counted, in the plural: `files`. */
  readonly leftOut = new Set<string>()

  /** Of what is counted: why that is no exact count. */
  readonly rough = new Set<string>()

  /** What the model is shown in a form that is not published. */
  wire(what: string, value: Json | undefined): this {
    return this.roughly(`${what} counted as sent`).text(wireText(value))
  }

  roughly(why: string): this {
    this.rough.add(why)
    return this
  }

  without(what: string): this {
    this.leftOut.add(what)
    return this
  }

  text(...texts: readonly unknown[]): this {
    for (const text of texts) {
      const said = str(text)
      if (said !== undefined) this.texts.push(said)
    }
    return this
  }

  plus(tokens: number): this {
    this.tokens += tokens
    return this
  }

  /** A text, a list of texts, a list of token ids or a list of such lists: what completions and embeddings take. */
  prompt(value: Json | undefined): this {
    if (typeof value === 'string') return this.text(value)
    const items = list(value)
    // Of a long list of token ids only the first are kept.
    if (typeof items[0] === 'number') this.plus(lengthOf(items) - items.length)
    for (const item of items) {
      if (typeof item === 'number') this.plus(1)
      else if (Array.isArray(item)) this.plus(lengthOf(item))
      else this.text(item)
    }
    return this
  }
}

/** The content of a message in either API: a text, or parts of it. `image` says what a picture costs, if known. */
export function addContent(
  into: Countable,
  content: Json | undefined,
  image: (part: Json) => number | undefined,
): void {
  into.text(content)
  for (const part of list(content)) addPart(into, part, image)
}

/** What is in parts that are no text. */
const NO_TEXT: Readonly<Record<string, string>> = { input_audio: 'audio', file: 'files', input_file: 'files' }

function addPart(into: Countable, part: Json, image: (part: Json) => number | undefined): void {
  const { type, text, refusal } = obj(part)
  into.text(part, text, refusal)
  if (type === 'image_url' || type === 'input_image') addImage(into, image(part))
  else if (typeof type === 'string' && typeof (text ?? refusal) !== 'string')
    into.without((Object.hasOwn(NO_TEXT, type) && NO_TEXT[type]) || 'other parts')
}

function addImage(into: Countable, tokens: number | undefined): void {
  if (tokens === undefined) into.without('images of unknown size')
  else into.plus(tokens)
}
