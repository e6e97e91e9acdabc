/**
 * What OpenTelemetry's JSON schemas for generative AI ask for (conventions 1.42), as far as it can be got wrong. Theirs
 * take any part that has a `type`; here a part of a known type must be what that type is.
 */
export interface Schema {
  readonly type?: 'string' | 'object' | 'array'
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  /** The schema of an object by its `type`; of any other type, only that it has one. */
  readonly byType?: Readonly<Record<string, Schema>>
}

const STRING: Schema = { type: 'string' }
/** Also one that is only given where it says something: theirs may be null, too. */
const ANY: Schema = {}
const MODALITY: Schema = { enum: ['image', 'video', 'audio', 'document'] }
const TYPED: Schema = { type: 'object', required: ['type'], properties: { type: STRING } }

function object(required: readonly string[], properties: Record<string, Schema>): Schema {
  return { type: 'object', required, properties }
}

export const PARTS: Readonly<Record<string, Schema>> = {
  text: object(['content'], { content: STRING }),
  reasoning: object(['content'], { content: STRING }),
  tool_call: object(['name'], { id: STRING, name: STRING, arguments: ANY }),
  tool_call_response: object(['response'], { id: STRING, response: ANY }),
  server_tool_call: object(['name', 'server_tool_call'], { id: STRING, name: STRING, server_tool_call: TYPED }),
  server_tool_call_response: object(['server_tool_call_response'], { id: STRING, server_tool_call_response: TYPED }),
  blob: object(['modality', 'content'], { modality: MODALITY, mime_type: STRING, content: STRING }),
  file: object(['modality', 'file_id'], { modality: MODALITY, mime_type: STRING, file_id: STRING }),
  uri: object(['modality', 'uri'], { modality: MODALITY, mime_type: STRING, uri: STRING }),
}

const PART: Schema = { ...TYPED, byType: PARTS }
const PART_LIST: Schema = { type: 'array', items: PART }
const MESSAGE = { role: STRING, parts: PART_LIST, name: STRING }

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  'gen_ai.system_instructions': PART_LIST,
  'gen_ai.input.messages': { type: 'array', items: object(['role', 'parts'], MESSAGE) },
  'gen_ai.output.messages': {
    type: 'array',
    items: object(['role', 'parts', 'finish_reason'], { ...MESSAGE, finish_reason: STRING }),
  },
  'gen_ai.tool.definitions': {
    type: 'array',
    items: object(['type', 'name', 'description'], { type: STRING, name: STRING, description: STRING }),
  },
}

/** Where a value is not what a schema asks for, in words; empty if it is. */
export function faults(value: unknown, schema: Schema, path = '$'): string[] {
  if (schema.type !== undefined && typeOf(value) !== schema.type) return [`${path} is no ${schema.type}`]
  if (schema.enum !== undefined && !schema.enum.some(each => each === value)) return [`${path} is ${String(value)}`]
  const found: string[] = []
  if (schema.items !== undefined && Array.isArray(value)) {
    for (const [n, item] of value.entries()) found.push(...faults(item, schema.items, `${path}[${n}]`))
  }
  if (typeof value !== 'object' || value === null) return found
  for (const name of schema.required ?? []) if (!(name in value)) found.push(`${path} has no ${name}`)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (name in value) found.push(...faults(Reflect.get(value, name), inner, `${path}.${name}`))
  }
  const own = schema.byType?.[String(Reflect.get(value, 'type'))]
  return own === undefined ? found : [...found, ...faults(value, own, path)]
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
}
