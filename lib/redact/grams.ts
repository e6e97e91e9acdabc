import type { Form } from './forms'

/** So many letters are looked up at once. */
export const GRAM = 8
/** A credential that repeats itself, or looks alike in several forms. */
const MOST_PLACES = 8
/** Put in between two looks at the clock: 1 ms at the most. */
const AT_ONCE = 2_048

export interface FormAt {
  readonly form: Form
  readonly at: number
}

/**
 * Where in which form of a credential eight letters stand, whatever their case. A hash table in typed arrays: a cookie
 * or a web token of 4 kB has 40,000 places, which take 7 to 15 ms once for a set of credentials: it is filled in pieces.
 */
export class Grams {
  readonly #forms: readonly Form[]
  /** By bucket: one more than the place that was put in last. */
  readonly #last: Int32Array
  /** By place: the one before it in its bucket, its form, and where in it. */
  readonly #before: Int32Array
  readonly #form: Int32Array
  readonly #at: Int32Array
  #count = 0

  constructor(forms: readonly Form[]) {
    this.#forms = forms
    const most = forms.reduce((sum, { text }) => sum + Math.max(0, text.length - GRAM + 1), 0)
    this.#last = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2)))
    this.#before = new Int32Array(most)
    this.#form = new Int32Array(most)
    this.#at = new Int32Array(most)
  }

  /** Puts all forms in, and stops after every piece of them. */
  *fill(): Generator<undefined, void> {
    let left = AT_ONCE
    for (const [n, { text }] of this.#forms.entries()) {
      for (let at = 0; at + GRAM <= text.length; at += 1) {
        this.#put(n, text, at)
        left -= 1
        if (left > 0) continue
        left = AT_ONCE
        yield
      }
    }
  }

  placesOf(text: string, i: number): FormAt[] {
    const places: FormAt[] = []
    for (let place = this.#last[this.#bucket(text, i)] ?? 0; place > 0; place = this.#before[place - 1] ?? 0) {
      const form = this.#forms[this.#form[place - 1] ?? 0]
      const at = this.#at[place - 1] ?? 0
      if (form !== undefined && isSameGram(text, i, form.text, at)) places.push({ form, at })
    }
    return places
  }

  #put(form: number, text: string, at: number): void {
    const bucket = this.#bucket(text, at)
    let alike = 0
    for (let place = this.#last[bucket] ?? 0; place > 0; place = this.#before[place - 1] ?? 0) {
      const other = this.#forms[this.#form[place - 1] ?? 0]?.text ?? ''
      if (isSameGram(text, at, other, this.#at[place - 1] ?? 0)) alike += 1
    }
    if (alike >= MOST_PLACES) return
    this.#before[this.#count] = this.#last[bucket] ?? 0
    this.#form[this.#count] = form
    this.#at[this.#count] = at
    this.#count += 1
    this.#last[bucket] = this.#count
  }

  #bucket(text: string, from: number): number {
    let hash = 0
    for (let i = from; i < from + GRAM; i += 1) hash = Math.imul(hash ^ folded(text.charCodeAt(i)), 0x01000193)
    return (hash ^ (hash >>> 15)) & (this.#last.length - 1)
  }
}

function isSameGram(text: string, i: number, form: string, at: number): boolean {
  for (let n = 0; n < GRAM; n += 1) if (!same(text, i + n, form, at + n)) return false
  return true
}

/** Of a text and a form, whose letters are small. */
export function same(text: string, i: number, form: string, j: number): boolean {
  return folded(text.charCodeAt(i)) === form.charCodeAt(j)
}

function folded(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}
