import { isCredential } from './credential-name'
import { scrubKnown } from './known'
import { createScrub } from './scrub'
import { isSensitive, type Secret } from './secret'

const USERINFO = /(:\/\/)[^\s/@]{1,1000}@/g

/**
 * A line as it may be said: without the credentials of the calls lately made, those in the environment, and what stands
 * before a host. Lines are few: the environment is looked at anew for each.
 */
export function sayable(line: string): string {
  return createScrub(environmentSecrets())(scrubKnown(line.replace(USERINFO, '$1')))
}

function environmentSecrets(): Secret[] {
  return Object.entries(process.env).flatMap(([name, value = '']) =>
    isCredential(name) && isSensitive(value) && !value.startsWith('/') ? [{ value, shown: '[redacted]' }] : [],
  )
}
