import { signs, startOf } from './ascii'
import { TextEnd } from './text-end'

/** So little that `JSON.parse` is done with it in a millisecond whatever it is: not looked at. */
const NO_LOOK_BYTES = 16 * 1024
/** Larger ones are read in slices. A look, decoding and `JSON.parse` of so much, all of it escapes: about 2 ms. */
const LARGEST_SIMPLE = 512 * 1024
/** `JSON.parse` of so many values, each in an object of its own with a name of its own: 2 ms. */
const MOST_VALUES = 5_000
/** After so many values, the bytes left are so many times those looked at: vectors are told early. */
const LOOKED_AT = 500
const DENSE = (2 * MOST_VALUES) / LOOKED_AT
const SIGNS = signs()

/** Can `JSON.parse` take it in one stretch? Nearly every real body; a look costs 1 ns a byte, nothing for long texts. */
export function isSimple(bytes: Buffer): boolean {
  if (bytes.length <= NO_LOOK_BYTES) return true
  return bytes.length <= LARGEST_SIMPLE && hasFewValues(bytes)
}

function hasFewValues(bytes: Buffer): boolean {
  const text = new TextEnd(bytes)
  let values = 0
  for (let at = startOf(bytes); at < bytes.length; at += 1) {
    const sign = SIGNS[bytes[at] ?? 0] ?? 0
    if (sign === 0 || sign === 4) continue
    if (sign === 1) {
      text.begin(at + 1)
      text.search(bytes.length)
      at = text.at
    } else if (values < MOST_VALUES) values += 1
    else return false
    if (values === LOOKED_AT && bytes.length / (at + 1) > DENSE) return false
  }
  return true
}
