const LONGEST_LOCAL = 64
const SIGN = /@|%40/g
/** Its last part is a word: versions (`react@18.2.0`) and addresses of machines have numbers. */
const DOMAIN =
  /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,7}\.(?:\p{L}{2,63}|xn--[a-z0-9-]{1,59})(?![\p{L}\p{N}_-])/uy
const ENDS_LOCAL = /[\s<>()[\]{},;:"'`@\\|/=?&]/
/** Accounts of servers of source code: `git@github.com`. */
const REPOSITORY = /^(?:git|hg|svn)$/i
/** Pictures for dense screens: `logo@2x.png`. */
const SCALE = /^\dx\./

/**
 * E-mail addresses, percent-encoded too, looked for from each `@` outwards: the usual expression begins at every letter,
 * which takes quadratic time on a long word.
 */
export function emails(text: string): string {
  let clean = ''
  let from = 0
  SIGN.lastIndex = 0
  for (let sign = SIGN.exec(text); sign !== null; sign = SIGN.exec(text)) {
    const start = localStart(text, sign.index, from)
    const at = sign.index + sign[0].length
    DOMAIN.lastIndex = at
    if (start === sign.index || !DOMAIN.test(text) || SCALE.test(text.slice(at, at + 3))) continue
    if (REPOSITORY.test(text.slice(start, sign.index))) continue
    clean += `${text.slice(from, start)}[redacted email]`
    from = DOMAIN.lastIndex
    SIGN.lastIndex = from
  }
  return from === 0 ? text : clean + text.slice(from)
}

function localStart(text: string, sign: number, from: number): number {
  const least = Math.max(from, sign - LONGEST_LOCAL)
  let start = sign
  while (start > least && !ENDS_LOCAL.test(text[start - 1] ?? ' ')) start -= 1
  // `email%3Djane%40…`: an encoded separator ends it as well; `%2B` is a plus, which belongs to it.
  const separator = text
    .slice(start, sign)
    .search(/%(?:3[ABCDEF]|2[0267CF]|0[AD])(?!.*%(?:3[ABCDEF]|2[0267CF]|0[AD]))/i)
  return separator < 0 ? start : start + separator + 3
}
