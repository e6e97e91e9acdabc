import { pause } from '../../../turns'
import type { Json, JsonObject } from '../../json'
import type { Bounds } from './bounds'
import { Parser } from './parser'
import { isSimple } from './simple'

export interface JsonReading {
  /** Undefined: no JSON. */
  readonly value: Json | undefined
  /** More than the bounds allow: something was left out. */
  readonly bounded: boolean
}

/** Between two looks at the clock: 0.2 ms of small values, or of bytes passed over. */
const STEPS_AT_ONCE = 256

const UTF8 = new TextDecoder()

/**
 * JSON of any size and shape, in slices and within bounds. What is small and simple, as nearly all real bodies are, goes
 * to `JSON.parse` in one go.
 */
export async function readJson(bytes: Buffer, bounds: Bounds): Promise<JsonReading> {
  if (isSimple(bytes)) return { value: parseText(UTF8.decode(bytes)), bounded: false }
  const parser = await ran(new Parser(bytes, bounds))
  return { value: parser.value, bounded: parser.bounded }
}

/** Of a JSON object that is cut off, the members that are whole. */
export async function readBeginning(bytes: Buffer, bounds: Bounds): Promise<JsonObject> {
  const parser = await ran(new Parser(bytes, bounds))
  return parser.begun ?? {}
}

async function ran(parser: Parser): Promise<Parser> {
  while (!parser.run(STEPS_AT_ONCE)) await pause()
  return parser
}

/** Only for what is known to be small. */
export function parseText(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // Not JSON, or not all of it: the caller says so.
    return undefined
  }
}
