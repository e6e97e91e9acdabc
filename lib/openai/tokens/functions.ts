import { isObject, type Json, type JsonObject, list, obj, str } from '../json'

/**
 * Function definitions as the models are shown them: a TypeScript namespace. Not published for these models; the form is
 * that of OpenAI's own renderer for gpt-oss (https://github.com/openai/harmony), and counts of recorded exchanges agree
 * with it to the token.
 */
export function functionsText(functions: readonly Json[]): string {
  const lines = ['namespace functions {', '']
  for (const one of functions) lines.push(...functionLines(obj(one)), '')
  return [...lines, '} // namespace functions'].join('\n')
}

function functionLines({ name, description, parameters }: JsonObject): string[] {
  const type = `type ${str(name) ?? ''}`
  const fields = propertyLines(obj(parameters), 0)
  const body = fields.length === 0 ? [`${type} = () => any;`] : [`${type} = (_: {`, ...fields, '}) => any;']
  return [...comment(description), ...body]
}

/** Hostile schemas nest without end. */
const DEEPEST_SCHEMA = 20

function propertyLines(schema: JsonObject, depth: number): string[] {
  const required = new Set(list(schema.required))
  return Object.entries(obj(schema.properties)).flatMap(([name, property]) => [
    // Those of properties further in are not shown.
    ...(depth === 0 ? comment(obj(property).description) : []),
    `${'  '.repeat(depth)}${name}${required.has(name) ? '' : '?'}: ${typeText(property, depth)},`,
  ])
}

function comment(description: Json | undefined): string[] {
  const text = str(description)
  return text === undefined ? [] : [`// ${text}`]
}

function typeText(schema: Json | undefined, depth: number): string {
  if (!isObject(schema) || depth > DEEPEST_SCHEMA) return 'any'
  const { type, enum: values, anyOf, items } = schema
  if (Array.isArray(values)) return values.map(value => JSON.stringify(value)).join(' | ')
  if (Array.isArray(anyOf)) return anyOf.map(one => typeText(one, depth + 1)).join(' | ')
  if (Array.isArray(type)) return type.map(one => typeText({ ...schema, type: one }, depth + 1)).join(' | ')
  if (type === 'integer') return 'number'
  if (type === 'array') return `${typeText(items, depth + 1)}[]`
  if (type === 'object') return ['{', ...propertyLines(schema, depth + 1), '}'].join('\n')
  return str(type) ?? 'any'
}
