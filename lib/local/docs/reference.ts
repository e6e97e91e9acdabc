import { VARIABLES } from '../../config'
import { METRICS, PREFIX, TAGS } from '../../sinks/metrics/catalogue'

/**
 * The README's tables, made from the tables that the code runs by, so that the two cannot disagree. `npm run docs`
 * writes them between the README's `<!-- name -->` and `<!-- /name -->`; a test holds them against each other.
 */
export const TABLES: Readonly<Record<string, () => string>> = {
  variables: () =>
    table(
      ['variable', 'default', 'what'],
      VARIABLES.map(({ name, default: value, about }) => [`\`${name}\``, defaultText(value), about]),
    ),
  metrics: () =>
    table(
      ['metric', 'type', 'unit', 'tags beside the shared ones', 'sent when'],
      METRICS.map(({ name, type, unit, tags = {}, when }) => [
        `\`${PREFIX}${name}\``,
        type,
        unit,
        Object.keys(tags)
          .map(tag => `\`${tag}\``)
          .join(' '),
        when,
      ]),
    ),
  'metric-tags': () =>
    table(
      ['tag', 'value'],
      TAGS.map(({ name, about }) => [`\`${name}\``, about]),
    ),
}

/** The text with every table made anew. Throws where a table has no place. */
export function withTables(text: string): string {
  return Object.entries(TABLES).reduce((whole, [name, make]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
    const from = whole.indexOf(start)
    const to = whole.indexOf(end)
    if (from < 0 || to < from) throw new Error(`the text has no ${start} … ${end}`)
    return `${whole.slice(0, from + start.length)}\n${make()}\n${whole.slice(to)}`
  }, text)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function defaultText(value: unknown): string {
  if (value === undefined) return ''
  return Array.isArray(value) ? '' : `\`${String(value)}\``
}
