import { remembered } from '../remembered'

const SAYS = /key|token|secret|signature|auth|cookie|passw|credential/
const IS = /(?:^|[^a-z])(?:sig|pwd|pass|pat|sas|jwt)(?:$|[^a-z])/
/** The host, a name of a maker, what makes a repetition known, a handshake's nonce, counts of tokens. */
const IS_NOT =
  /^:|^idempotency-key$|^sec-websocket-(?!protocol)|cache[_-]?key|tokens?[_-](?:count|limit|type)|max[\w-]*tokens/
const MISLEADING = /portkey|monkey|author(?!i[sz])/g

/** Does a header or query parameter of this name hold a credential? */
export const isCredential = remembered((name: string): boolean => {
  const lower = name.toLowerCase()
  if (IS_NOT.test(lower)) return false
  const telling = lower.replace(MISLEADING, '')
  return SAYS.test(telling) || IS.test(telling)
})
