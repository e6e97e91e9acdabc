import { assigned } from './assigned'
import { bearer } from './bearer'
import { cards } from './cards'
import { emails } from './emails'
import { keys } from './key-shapes'
import { privateKeys, userinfo } from './urls'

/** Rewrites a text without what it finds. Linear in the text's length, whatever the text. */
export type Pattern = (text: string) => string

/** By the names that `INTERCEPTOR_REDACT` knows, in the order in which they are applied. */
export const PATTERNS: Readonly<Record<string, Pattern>> = {
  bearer,
  key: text => assigned(keys(userinfo(privateKeys(text)))),
  email: emails,
  card: cards,
}
