import type { Json } from '../../../openai/json'

/** Characters of one attribute: exporters send hundreds of spans in a request, and backends refuse those over 4 MB. */
const MOST = 128 * 1024
/** Texts are cut to these lengths, one after the other, until the whole fits. */
const SHORTER: readonly number[] = [32_768, 8_192, 2_048, 512, 128]

/** A list as JSON that is whole whatever had to be cut; at last without what stands before the end. */
export function jsonText(list: readonly unknown[]): string {
  const whole = JSON.stringify(list)
  if (whole.length <= MOST) return whole
  for (const longest of SHORTER) {
    const cut = JSON.stringify(list, (_key, value: Json) => shortened(value, longest))
    if (cut.length <= MOST) return cut
  }
  return lastOf(list, SHORTER.at(-1) ?? 0)
}

function shortened(value: Json, longest: number): Json {
  return typeof value === 'string' && value.length > longest ? `${value.slice(0, longest)}...` : value
}

/** The last turns say what the call was about. */
function lastOf(list: readonly unknown[], longest: number): string {
  const kept: string[] = []
  let left = MOST
  for (const entry of [...list].reverse()) {
    const json = JSON.stringify(entry, (_key, value: Json) => shortened(value, longest))
    left -= json.length + 1
    if (left < 2) break
    kept.unshift(json)
  }
  return `[${kept.join(',')}]`
}
