import type { Wire } from '../openai/wire'

/** Set by whoever sends them, and wrong in a copy. */
const OWN = ['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'expect', 'keep-alive']
const HIDDEN = /^(Bearer )?\[redacted[^\]]*\]$/

type Request = Wire['request']

function headersOf({ headers }: Request): readonly (readonly [string, string])[] {
  return headers.filter(([name]) => !OWN.includes(name) && !name.startsWith('sec-') && !name.startsWith(':'))
}

/** The request for a POSIX shell. A hidden key is taken from `OPENAI_API_KEY`. */
export function asCurl(request: Request): string {
  const headers = headersOf(request).map(([name, value]) => {
    const key = HIDDEN.exec(value)
    return key === null
      ? `-H ${quoted(`${name}: ${value}`)}`
      : `-H ${quoted(`${name}: ${key[1] ?? ''}`)}"$OPENAI_API_KEY"`
  })
  const body = request.body === undefined ? [] : [`--data-raw ${quoted(request.body)}`]
  // -g: brackets in the address are no ranges.
  return [`curl -g -X ${quoted(request.method)} ${quoted(request.url)}`, ...headers, ...body].join(' \\\n  ')
}

/** The request as JavaScript. */
export function asFetch(request: Request): string {
  const headers = headersOf(request).map(([name, value]) => {
    const key = HIDDEN.exec(value)
    const text = key === null ? JSON.stringify(value) : `\`${key[1] ?? ''}\${process.env.OPENAI_API_KEY}\``
    return `    ${JSON.stringify(name)}: ${text},\n`
  })
  const body = request.body === undefined ? '' : `  body: ${JSON.stringify(request.body)},\n`
  const method = `  method: ${JSON.stringify(request.method)},\n`
  return `await fetch(${JSON.stringify(request.url)}, {\n${method}  headers: {\n${headers.join('')}  },\n${body}})`
}

/** Nothing inside single quotes means anything to a shell but the quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
