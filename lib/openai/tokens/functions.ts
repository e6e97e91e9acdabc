import { isObject, type Json, type JsonObject, list, obj, str } from '../json'

/** Hostile schemas nest without end. */
const DEEPEST_SCHEMA = 20
/** Twice what is counted exactly of a side of a call. Each piece of work writes a character at least. */
const MOST_CHARACTERS = 524_288

/**
 * Function definitions as the models are shown them: a TypeScript namespace. Not published for these models; the form is
 * that of OpenAI's own renderer for gpt-oss (https://github.com/openai/harmony), and counts of recorded exchanges agree
 * with it to the token. Takes time in proportion to the schemas' size, and no more than its output may have.
 */
export function functionsText(functions: readonly Json[]): string {
  const out = new Output()
  out.write('namespace functions {\n\n')
  for (const one of functions) {
    if (out.isFull) break
    writeFunction(out, obj(one))
  }
  out.write('} // namespace functions')
  return out.text
}

class Output {
  text = ''

  get isFull(): boolean {
    return this.text.length >= MOST_CHARACTERS
  }

  write(piece: string): void {
    if (!this.isFull) this.text += piece
  }
}

function writeFunction(out: Output, { name, description, parameters }: JsonObject): void {
  writeComment(out, description)
  const schema = obj(parameters)
  out.write(`type ${str(name) ?? ''} = `)
  if (hasMembers(obj(schema.properties))) {
    out.write('(_: {\n')
    writeProperties(out, schema, 0)
    out.write('}) => any;\n\n')
  } else {
    out.write('() => any;\n\n')
  }
}

function hasMembers(value: JsonObject): boolean {
  for (const _ in value) return true
  return false
}

function writeProperties(out: Output, schema: JsonObject, depth: number): void {
  const properties = obj(schema.properties)
  const required = new Set(list(schema.required))
  const indent = '  '.repeat(depth)
  for (const name of Object.keys(properties)) {
    if (out.isFull) return
    const property = properties[name]
    // Those of properties further in are not shown.
    if (depth === 0) writeComment(out, obj(property).description)
    out.write(`${indent}${name}${required.has(name) ? '' : '?'}: `)
    writeType(out, property, depth)
    out.write(',\n')
  }
}

function writeComment(out: Output, description: Json | undefined): void {
  const text = str(description)
  if (text !== undefined) out.write(`// ${text}\n`)
}

function writeType(out: Output, schema: Json | undefined, depth: number): void {
  if (!isObject(schema) || depth > DEEPEST_SCHEMA) {
    out.write('any')
    return
  }
  const { type, enum: values, anyOf } = schema
  if (Array.isArray(values)) writeUnion(out, values, value => out.write(JSON.stringify(value)))
  else if (Array.isArray(anyOf)) writeUnion(out, anyOf, one => writeType(out, one, depth + 1))
  // A type that is named twice is one: else a schema of 900 bytes, eight levels deep, takes seconds.
  else if (Array.isArray(type)) writeUnion(out, [...new Set(type)], one => writeNamed(out, schema, one, depth + 1))
  else writeNamed(out, schema, type, depth)
}

function writeUnion(out: Output, members: readonly Json[], write: (member: Json) => void): void {
  for (const [i, member] of members.entries()) {
    if (out.isFull) return
    if (i > 0) out.write(' | ')
    write(member)
  }
}

function writeNamed(out: Output, schema: JsonObject, type: Json | undefined, depth: number): void {
  if (type === 'array') {
    writeType(out, schema.items, depth + 1)
    out.write('[]')
  } else if (type === 'object') {
    out.write('{\n')
    writeProperties(out, schema, depth + 1)
    out.write('}')
  } else {
    out.write(type === 'integer' ? 'number' : (str(type) ?? 'any'))
  }
}
