/** Ends of the paths that OpenAI-compatible servers answer at, and hardly any other. */
const PATH =
  /\/(?:chat\/completions|v\d+\/(?:completions|responses|models)|embeddings|images\/(?:generations|edits)|audio\/(?:speech|transcriptions|translations)|moderations)\/?$/

/** Does a request look like one to such a server, whatever its host? The path may have a query. */
export function looksLikeApi(path: string): boolean {
  return PATH.test(path.replace(/[?#].*$/s, ''))
}
