/** Spans, or metrics, in an OTLP request: both lie three messages deep, as field 1, 2 and 2. */
export function countOtlp(request: Uint8Array): number {
  let count = 0
  for (const resource of fields(request, 1)) {
    for (const scope of fields(resource, 2)) count += [...fields(scope, 2)].length
  }
  return count
}

const LENGTH_DELIMITED = 2
const WIDTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/** The messages that stand under a number in a protobuf message. */
function* fields(message: Uint8Array, wanted: number): Generator<Uint8Array> {
  for (let at = 0; at < message.length; ) {
    const [key, afterKey] = varint(message, at)
    const [value, afterValue] = (key & 7) in WIDTHS ? [0, afterKey + (WIDTHS[key & 7] ?? 0)] : varint(message, afterKey)
    at = afterValue
    if ((key & 7) !== LENGTH_DELIMITED) continue
    if (key >> 3 === wanted) yield message.subarray(at, at + value)
    at += value
  }
}

function varint(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0
  let at = start
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at] ?? 0
    at += 1
    value += (byte & 127) * scale
    if (byte < 128) return [value, at]
  }
}
