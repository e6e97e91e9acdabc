/** A mark, a string, or a number or word, with the white space before it. */
const TOKEN =
  /\s*(?:(?<mark>[{}[\],:])|(?<text>"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*")|(?<plain>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null))/iuy

/** What may stand at a place. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end'

/**
 * Where a text stops being JSON, to the token: `JSON.parse` tells it only on some runtimes and of some texts.
 * Undefined if it is JSON.
 */
export function jsonErrorAt(text: string): number | undefined {
  const open: string[] = []
  let expected: Expected = 'value'
  let at = 0
  while (open.length > 0 || expected !== ', or end') {
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
    TOKEN.lastIndex = at
    const { mark, text: string, plain } = TOKEN.exec(text)?.groups ?? {}
    const next = after(expected, mark ?? (string === undefined ? plain && 'plain' : 'text'), open)
    if (next === undefined) return start
    expected = next
    at = TOKEN.lastIndex
  }
  return text.slice(at).trim() === '' ? undefined : at
}

/** The state after a token; undefined if it may not stand there. */
function after(expected: Expected, token: string | undefined, open: string[]): Expected | undefined {
  if (expected === ':') return token === ':' ? 'value' : undefined
  if (expected.startsWith('key') && token === 'text') return ':'
  if (closes(expected, token, open)) {
    open.pop()
    return ', or end'
  }
  if (expected === ', or end') return token === ',' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined
  if (!expected.startsWith('value')) return undefined
  if (token === 'text' || token === 'plain') return ', or end'
  if (token !== '{' && token !== '[') return undefined
  open.push(token)
  return token === '{' ? 'key or }' : 'value or ]'
}

function closes(expected: Expected, token: string | undefined, open: string[]): boolean {
  if (token === '}') return open.at(-1) === '{' && (expected === 'key or }' || expected === ', or end')
  if (token === ']') return open.at(-1) === '[' && (expected === 'value or ]' || expected === ', or end')
  return false
}
