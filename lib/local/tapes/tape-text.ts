const TAPE_WIDTH = 120

/**
 * JSON made for diffs: what fits on a line stands on one, an event takes a line however long it is, and so does a
 * vector, which nobody reads number by number.
 */
export function tapeText(tape: { readonly name: string }): string {
  const { name: _, ...kept } = tape
  return `${lines(kept, '')}\n`
}

function lines(value: unknown, indent: string): string {
  const flat = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || isVector(value)) return flat
  if (flat.length + indent.length <= TAPE_WIDTH && !flat.includes('{', 1)) return flat
  const deeper = `${indent}  `
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map(item => lines(item, deeper))]
    : ['{', '}', Object.entries(value).filter(present).map(memberText(deeper))]
  return `${open}\n${items.map(item => deeper + item).join(',\n')}\n${indent}${close}`
}

const memberText =
  (indent: string) =>
  ([key, value]: [string, unknown]): string =>
    key === 'events' && Array.isArray(value)
      ? `"events": [\n${value.map(event => `${indent}  ${JSON.stringify(event)}`).join(',\n')}\n${indent}]`
      : `${JSON.stringify(key)}: ${lines(value, indent)}`

function present([, value]: [string, unknown]): boolean {
  return value !== undefined
}

function isVector(value: object): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'number')
}
