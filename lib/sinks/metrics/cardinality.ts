import { sayOnce } from '../../say'

/** Distinct values of one tag: each is a custom metric that costs money. */
const MOST_VALUES = 1_000

export const OTHER = 'other'

/** Lets a tag have so many values and calls the rest `other`: fingerprints, fine-tuned models and paths never end. */
export class Cardinality {
  readonly #seen = new Map<string, Set<string>>()

  cap(tag: string, value: string): string {
    const values = this.#seen.get(tag) ?? new Set()
    this.#seen.set(tag, values)
    if (values.has(value)) return value
    if (values.size < MOST_VALUES) {
      values.add(value)
      return value
    }
    sayOnce(`metrics.${tag}`, `metrics: tag ${tag} has had ${MOST_VALUES} values; new ones become "${OTHER}"`)
    return OTHER
  }
}
