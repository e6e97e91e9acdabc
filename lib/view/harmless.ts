/**
 * A text that comes from the wire, as one line of a terminal: what would move the cursor, colour, ring, set the title, turn the
 * direction of writing or hide is made `?`, white space a space.
 */
export function harmless(text: string): string {
  const plain = text.replace(/\s+/g, ' ')
  return SAFE.test(plain) ? plain : plain.replace(UNSAFE, '?')
}

/** Nearly all there is. */
const SAFE = /^[ -~]*$/
/** Control characters; format characters such as bidi marks and zero-width ones; line separators; halves of surrogate pairs; private use. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu
