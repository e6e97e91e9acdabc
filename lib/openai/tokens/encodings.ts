export type Encoding = 'o200k_base' | 'cl100k_base' | 'p50k_base' | 'p50k_edit' | 'r50k_base'

/**
 * Which encoding a model of OpenAI's uses, by the longest name that its own begins with. tiktoken's own table ends at gpt-5
 * and throws on newer and on fine-tuned names (https://github.com/openai/tiktoken/blob/main/tiktoken/model.py is its
 * source and ours for what it names). gpt-oss has `o200k_harmony`, which splits ordinary text as o200k_base does. No row is
 * as short as `text-` or `code-`: Google, Alibaba and Meta have names that begin so.
 */
const BY_NAME: readonly (readonly [name: string, encoding: Encoding])[] = [
  ['gpt-5', 'o200k_base'],
  ['gpt-4o', 'o200k_base'],
  ['gpt-4.1', 'o200k_base'],
  ['gpt-4.5', 'o200k_base'],
  ['gpt-oss', 'o200k_base'],
  ['chatgpt-4o', 'o200k_base'],
  ['o1', 'o200k_base'],
  ['o3', 'o200k_base'],
  ['o4', 'o200k_base'],
  ['codex-mini', 'o200k_base'],
  ['computer-use-preview', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-3.5', 'cl100k_base'],
  ['gpt-35', 'cl100k_base'],
  ['text-embedding-ada', 'cl100k_base'],
  ['text-embedding-3', 'cl100k_base'],
  ['davinci-002', 'cl100k_base'],
  ['babbage-002', 'cl100k_base'],
  ['text-davinci-002', 'p50k_base'],
  ['text-davinci-003', 'p50k_base'],
  ['code-davinci', 'p50k_base'],
  ['code-cushman', 'p50k_base'],
  ['davinci-codex', 'p50k_base'],
  ['cushman-codex', 'p50k_base'],
  ['text-davinci-edit', 'p50k_edit'],
  ['code-davinci-edit', 'p50k_edit'],
  ['code-search-ada', 'r50k_base'],
  ['code-search-babbage', 'r50k_base'],
  ['text-search', 'r50k_base'],
  ['text-similarity', 'r50k_base'],
  ['text-davinci', 'r50k_base'],
  ['text-curie', 'r50k_base'],
  ['text-babbage', 'r50k_base'],
  ['text-ada', 'r50k_base'],
  ['davinci', 'r50k_base'],
  ['curie', 'r50k_base'],
  ['babbage', 'r50k_base'],
  ['ada', 'r50k_base'],
  ['gpt2', 'r50k_base'],
]

/** Of names that no row knows: OpenAI's next models may well have it, and for other makers' it is as good as any. */
const NEWEST_MODELS: Encoding = 'o200k_base'

/** The encoding to count with. `openai/ft:gpt-4o-mini-2024-07-18:acme::id` is tokenized as `gpt-4o-mini-2024-07-18`. */
export function encodingOf(model: string | undefined): Encoding {
  return knownEncoding(model) ?? NEWEST_MODELS
}

/** Undefined where only the model's maker knows how it counts. */
export function knownEncoding(model: string | undefined): Encoding | undefined {
  const name = plainModel(model)
  let found: readonly [string, Encoding] | undefined
  for (const row of BY_NAME) {
    if (beginsWith(name, row[0]) && row[0].length > (found?.[0].length ?? 0)) found = row
  }
  return found?.[1]
}

/** Whole words only: `adaptive` is no `ada`, and `gpt-4b` no `gpt-4`. */
function beginsWith(name: string, words: string): boolean {
  return name.startsWith(words) && !/[a-z0-9]/.test(name.charAt(words.length))
}

/** A model's own name: without a router's path, without what fine-tuning and versions put around it. */
export function plainModel(model: string | undefined): string {
  const name = (model ?? '').toLowerCase()
  const tuned = /^(?:[^:]*\/)?ft:([^:]*)/.exec(name)?.[1]
  const [own = ''] = (tuned ?? name.replace(/^openai[.:]/, '')).split(':')
  return own.slice(own.lastIndexOf('/') + 1)
}
