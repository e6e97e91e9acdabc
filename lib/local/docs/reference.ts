import { VARIABLES } from '../../config'
import { COUNTERS } from '../../counters'
import { METRICS, PREFIX, TAGS } from '../../sinks/metrics/catalogue'
import { CONVENTIONAL, OWN } from '../../sinks/otel/attributes'
import { CONVENTIONS } from '../../sinks/otel/conventions'
import { OTEL_METRICS, SHARED } from '../../sinks/otel/metrics'
import { loadTapes } from '../tapes/tape'
import { GROUPS, operationsLine, operationsOf } from './families'
import { LLMOBS_FIELDS } from './llmobs-fields'
import { PRICED_HEAD, pricedRows } from './priced'
import { SPAN_TAGS } from './span-tags'
import { factsOfTapes, type TapeFact } from './tape-facts'

/**
 * The README's tables, made from the tables that the code runs by, so that the two cannot disagree. `npm run docs`
 * writes them between the README's `<!-- name -->` and `<!-- /name -->`; a test holds them against each other.
 */
export const TABLES: Readonly<Record<string, () => string | Promise<string>>> = {
  operations: operationsLine,
  families: () =>
    table(
      ['family', 'operations', 'asked', 'answered'],
      GROUPS.map(group => [group.name, String(operationsOf(group)), group.asked, group.answered]),
    ),
  priced: () => table(PRICED_HEAD, pricedRows()),
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
  counters: () =>
    table(
      ['counter', 'what is counted'],
      Object.entries(COUNTERS).map(([name, about]) => [`\`${name}\``, about]),
    ),
  'metric-tags': () =>
    table(
      ['tag', 'value'],
      TAGS.map(({ name, about }) => [`\`${name}\``, about]),
    ),
  'span-tags': () =>
    table(
      ['tag', 'type', 'unit', 'there when'],
      SPAN_TAGS.map(({ name, type, unit = '', when }) => [`\`${name}\``, type, unit, when]),
    ),
  'llmobs-fields': () =>
    table(
      ['field', 'there when'],
      Object.entries(LLMOBS_FIELDS).map(([name, when]) => [`\`${name}\``, when]),
    ),
  'otel-attributes': otelAttributes,
  'otel-metrics': otelMetrics,
  'span-facts': async () => factTable(await factsOfTapes(loadTapes())),
}

function otelAttributes(): string {
  const names = CONVENTIONAL.map(({ name, type, when }) => [`\`${name}\``, type, when])
  return [
    `By version ${CONVENTIONS} of the conventions, all of which are in development:\n`,
    table(['attribute', 'type', 'there when'], names),
    '\nWhat no convention names yet, as on Datadog’s spans (see the reference of span tags), beside the app’s own tags, ' +
      '`openai.error.class`, `openai.response.usage.*`, `openai.organization.ratelimit.*` and parameters that have no ' +
      'name above:\n',
    wordList(OWN.map(([name]) => `\`${name}\``)),
  ].join('\n')
}

function otelMetrics(): string {
  const rows = OTEL_METRICS.map(({ name, unit, own = [], when }) => [`\`${name}\``, unit, code(own), when])
  return [
    table(['histogram', 'unit', 'attributes beside the shared ones', 'when'], rows),
    `\nShared: ${code(SHARED)}`,
  ].join('\n')
}

function code(names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(' ')
}

const WIDTH = 110

function wordList(words: readonly string[]): string {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}

/** The text with every table made anew. Throws where a table has no place. */
export async function withTables(text: string): Promise<string> {
  let whole = text
  for (const [name, make] of Object.entries(TABLES)) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
    const from = whole.indexOf(start)
    const to = whole.indexOf(end)
    if (from < 0 || to < from) throw new Error(`the text has no ${start} … ${end}`)
    whole = `${whole.slice(0, from + start.length)}\n${await make()}\n${whole.slice(to)}`
  }
  return whole
}

/** A row a family: its facts as strings, as numbers, and those that are prompts or outputs. */
function factTable(facts: readonly TapeFact[]): string {
  const families = [...new Set(facts.flatMap(fact => [...fact.families]))].sort()
  const cell = (family: string, belongs: (fact: TapeFact) => boolean): string =>
    facts
      .filter(fact => fact.families.has(family) && belongs(fact))
      .map(({ name }) => `\`${name}\``)
      .join(' ')
  return table(
    ['family', 'strings', 'numbers', 'prompts and outputs'],
    families.map(family => [
      family,
      cell(family, ({ type, isContent }) => type === 'string' && !isContent),
      cell(family, ({ type }) => type === 'number'),
      cell(family, ({ isContent }) => isContent),
    ]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function defaultText(value: unknown): string {
  if (value === undefined) return ''
  return Array.isArray(value) ? '' : `\`${String(value)}\``
}
