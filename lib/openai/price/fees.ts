/**
 * What OpenAI's own tools cost beside tokens, in US dollars: https://platform.openai.com/docs/pricing#built-in-tools, as of
 * 2026-09. The bundled list has the usual web and file searches of each model; here is what it does not tell apart.
 */

/** A search on the web where the list has none for the model. */
const WEB_SEARCH = 0.01
/** The same by the preview's tool, and by the search models of chat: there the pages that were read are no tokens. */
const WEB_SEARCH_PREVIEW = 0.025
export const FILE_SEARCH = 0.0025

/** A container by its memory; one lives for 20 minutes of silence. */
const CONTAINERS: Readonly<Record<string, number>> = { '1g': 0.03, '4g': 0.12, '16g': 0.48, '64g': 1.92 }
export const CONTAINER_LIFE_MS = 20 * 60_000

export function containerFee(memory = '1g'): number | undefined {
  return Object.hasOwn(CONTAINERS, memory) ? CONTAINERS[memory] : undefined
}

const REASONING = /^(?:o\d|gpt-[5-9])/

/** By the tool that was given, or by what kind of model searches by itself. */
export function webSearchFee(model: string, tool: string): number {
  if (tool === 'model') return model.includes('-search-preview') ? WEB_SEARCH_PREVIEW : WEB_SEARCH
  return tool.startsWith('web_search_preview') && !REASONING.test(model) ? WEB_SEARCH_PREVIEW : WEB_SEARCH
}

/** Models of chat completions that search before every answer. */
export function searchesByItself(model: string): boolean {
  return /^gpt-[\w.-]*-search(?:-preview|-api)/.test(model)
}
