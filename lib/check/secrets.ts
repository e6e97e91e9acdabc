/** The last four characters of a key that is long enough to keep the rest to itself. */
export function keyShown(key: string): string {
  return key.length < 12 ? '...' : `...${key.slice(-4)}`
}

/** A URL, or what should have been one, without userinfo and query: both may hold secrets. */
export function urlShown(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][\w+.-]*:\/\/)?[^/]*@/i, '$1')
}
