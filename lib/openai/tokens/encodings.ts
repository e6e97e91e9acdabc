export type Encoding = 'o200k_base' | 'cl100k_base' | 'p50k_base' | 'p50k_edit' | 'r50k_base'

/**
 * Which encoding a model uses, by the longest prefix of its name. tiktoken's own table ends at gpt-5 and throws on newer
 * and on fine-tuned names (https://github.com/openai/tiktoken/blob/main/tiktoken/model.py is its source and ours for
 * what it names). gpt-oss has `o200k_harmony`, which splits ordinary text as o200k_base does.
 */
const BY_PREFIX: readonly (readonly [prefix: string, encoding: Encoding])[] = [
  ['gpt-4o', 'o200k_base'],
  ['gpt-4.', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-3.5', 'cl100k_base'],
  ['gpt-35', 'cl100k_base'],
  ['text-embedding-', 'cl100k_base'],
  ['davinci-002', 'cl100k_base'],
  ['babbage-002', 'cl100k_base'],
  ['text-davinci-002', 'p50k_base'],
  ['text-davinci-003', 'p50k_base'],
  ['code-', 'p50k_base'],
  ['davinci-codex', 'p50k_base'],
  ['cushman-codex', 'p50k_base'],
  ['text-davinci-edit-', 'p50k_edit'],
  ['code-davinci-edit-', 'p50k_edit'],
  ['code-search-', 'r50k_base'],
  ['text-', 'r50k_base'],
  ['davinci', 'r50k_base'],
  ['curie', 'r50k_base'],
  ['babbage', 'r50k_base'],
  ['ada', 'r50k_base'],
  ['gpt2', 'r50k_base'],
]

/** Of names that no prefix knows: new models have it, and for other makers' models it is as good as any. */
const NEWEST_MODELS: Encoding = 'o200k_base'

/** `openai/ft:gpt-4o-mini-2024-07-18:acme::id` is tokenized as `gpt-4o-mini-2024-07-18`. */
export function encodingOf(model: string | undefined): Encoding {
  const name = plainModel(model)
  let found: readonly [string, Encoding] | undefined
  for (const row of BY_PREFIX) {
    if (name.startsWith(row[0]) && row[0].length > (found?.[0].length ?? 0)) found = row
  }
  return found?.[1] ?? NEWEST_MODELS
}

/** A model's own name: without a router's prefix, without what fine-tuning and versions put around it. */
export function plainModel(model: string | undefined): string {
  const [name = ''] = (model ?? '')
    .toLowerCase()
    .replace(/^openai\//, '')
    .replace(/^ft:/, '')
    .split(':')
  return name
}
