/** Scheme, user and password of a URL; both bounded, neither can hold what ends it. */
const USERINFO = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)([^\s/?#@:"'<>]{0,256}):([^\s/?#@"'<>]{1,512})@/gi

/** `postgres://me:password@host`: what stands before the host. A user alone (`ssh://git@host`) is none. */
export function userinfo(text: string): string {
  return text.replace(USERINFO, '$1[redacted key]@')
}

/** Private keys in PEM, with real or escaped line ends; cut ones too. */
const PEM =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!-)){0,16384}(?:-----END [A-Z0-9 ]{3,60}-----)?/g

export function privateKeys(text: string): string {
  return text.replace(PEM, '[redacted key]')
}
