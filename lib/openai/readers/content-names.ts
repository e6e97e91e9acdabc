import { remembered } from '../../remembered'

/** Fields that may hold what was asked or answered, though they look like parameters: content wherever they stand. */
const CONTENT: ReadonlySet<string> = new Set(
  (
    'stop title status_details description detail details explanation message text query search_query expression ' +
    'label labels classification_positive_class url image_url prompt input output instructions arguments value'
  ).split(' '),
)

/**
 * What people give names to, and the names may be of several words: with capture off these stay, so that files, tools
 * and users can be told apart. `INTERCEPTOR_REDACT` and the redact function reach them. In the README's list.
 */
export const STAYS: readonly string[] = (
  'name filename file files image mask video input_reference path user safety_identifier prompt_cache_key suffix ' +
  'user_provided_suffix fine_tuned_model model server_label voice group_name role_name role issuer'
).split(' ')
const NAMED: ReadonlySet<string> = new Set(STAYS)

/** Values that the app files its calls under: on spans, but not with capture off. */
export const METADATA = 'metadata.'

/** `["a", "b"]`, as lists of words are written. */
const WORD_LIST = /^\[(?:"[\w.:/-]{0,64}"(?:, (?!\]))?)*\]$/
const NUMBER_LIST = /^\[[\d., -]*\]$/

/**
 * Is the value of a field content? Told by its name; and else by its shape, so that a field that nobody thought of, or
 * a server that puts prose where others put a word, gives no prompt away: ids and settings have no spaces.
 */
export function isContent(key: string, value: string): boolean {
  const kind = kindOf(key)
  if (kind !== 'other') return kind === 'content'
  return /[\s{]/.test(value) && !WORD_LIST.test(value) && !NUMBER_LIST.test(value)
}

/** Does a field hold a name that somebody chose? */
export function isNamed(key: string): boolean {
  const kind = kindOf(key)
  return kind === 'named' || (kind === 'content' && (NAMED.has(lastName(key)) || key.startsWith(METADATA)))
}

/** Each call has the same few keys. */
const kindOf = remembered((key: string): 'content' | 'named' | 'other' => {
  const name = lastName(key)
  if (CONTENT.has(name)) return 'content'
  return NAMED.has(name) || key.startsWith(METADATA) ? 'named' : 'other'
})

function lastName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1)
}
