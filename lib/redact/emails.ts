const LONGEST_LOCAL = 64
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/uy
const ENDS_LOCAL = /[\s<>()[\]{},;:"'`@\\|/=]/

/**
 * E-mail addresses, looked for from each `@` outwards: the usual expression begins at every letter, which takes
 * quadratic time on a long word.
 */
export function emails(text: string): string {
  let clean = ''
  let from = 0
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', sign + 1)) {
    const start = localStart(text, sign, from)
    DOMAIN.lastIndex = sign + 1
    if (start === sign || !DOMAIN.test(text)) continue
    clean += `${text.slice(from, start)}[redacted email]`
    from = DOMAIN.lastIndex
    sign = from - 1
  }
  return from === 0 ? text : clean + text.slice(from)
}

function localStart(text: string, sign: number, from: number): number {
  const least = Math.max(from, sign - LONGEST_LOCAL)
  let start = sign
  while (start > least && !ENDS_LOCAL.test(text[start - 1] ?? ' ')) start -= 1
  return start
}
