const BEARER = /\b(bearer|token|apikey)[ \t]{1,8}([\w.~+/=-]{8,4096})/gi
const BASIC = /\bbasic[ \t]{1,8}([A-Za-z0-9+/_-]{6,1024}={0,2})/gi

/** Credentials behind their scheme, as headers have them. */
export function bearer(text: string): string {
  return text
    .replace(BEARER, (found: string, scheme: string, token: string) =>
      isToken(token, scheme) ? `${scheme[0]?.toUpperCase()}${scheme.slice(1).toLowerCase()} [redacted]` : found,
    )
    .replace(BASIC, (found: string, encoded: string) => (isPair(encoded) ? 'Basic [redacted]' : found))
}

/** Bearers of news and certificates have no digit in them, and no capital in the middle. */
function isToken(token: string, scheme: string): boolean {
  if (!/[a-z]/i.test(token)) return false
  if (scheme.toLowerCase() !== 'bearer') return token.length >= 20 && /\d/.test(token)
  return /\d/.test(token) || token.endsWith('=') || (token.length >= 20 && /[a-z][A-Z]/.test(token))
}

/** Base64 of a user and a password, and of nothing else. */
function isPair(encoded: string): boolean {
  return /^[\x20-\x7E]{0,512}:[\x20-\x7E]{0,512}$/.test(Buffer.from(encoded, 'base64').toString('latin1'))
}
