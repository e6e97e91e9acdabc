import * as crypto from 'node:crypto'

type Algorithm = 'sha1' | 'sha256'

/** Some runtimes that are not Node lack it. */
const atOnce: typeof crypto.hash | undefined = crypto.hash

/** A text's digest in hexadecimal. In one go, where that can be had: a third of what an object for it takes. */
export function digest(algorithm: Algorithm, text: string): string {
  return atOnce === undefined ? crypto.createHash(algorithm).update(text).digest('hex') : atOnce(algorithm, text, 'hex')
}
