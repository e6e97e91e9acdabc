import { tally } from '../../counters'
import { isObject, type Json, type JsonObject, str } from '../../openai/json'
import { sayOnce } from '../../say'
import type { Processor } from '../../tracer/llmobs-processor'
import { objectsOf } from './message'

/** The event as the app's processor leaves it. Undefined where it drops it, throws, or gives nothing that can be sent. */
export function processed(event: JsonObject, processor: Processor): JsonObject | undefined {
  const meta = isObject(event.meta) ? event.meta : {}
  const input = sideOf(meta.input)
  const output = sideOf(meta.output)
  const tags = tagsOf(event.tags)
  try {
    const result = processor({
      kind: str(meta['span.kind']) ?? '',
      input: input.told,
      output: output.told,
      getTag: (name: string) => tags.get(name),
    })
    if (!isObject(result)) return dropped()
    return { ...event, meta: { ...meta, input: input.put(result.input), output: output.put(result.output) } }
  } catch {
    sayOnce('llmobs.processor', 'the LLM Observability span processor threw; the spans that it was given are not sent')
    return dropped()
  }
}

function dropped(): undefined {
  tally('llmobs.dropped_by_processor')
  return undefined
}

/** One side of an event: a list of messages for the processor, and how what it made of them is put back. */
interface Side {
  readonly told: JsonObject[]
  put(changed: Json | undefined): JsonObject
}

function sideOf(side: Json | undefined): Side {
  const whole = isObject(side) ? side : {}
  const { messages, documents, value } = whole
  if (Array.isArray(messages)) {
    const told = objectsOf(messages).map(message => ({ ...message }))
    return { told, put: changed => ({ ...whole, messages: objectsOf(changed) }) }
  }
  if (Array.isArray(documents)) {
    const told = objectsOf(documents).map(({ text = '' }) => ({ content: text, role: '' }))
    // A document's name, id and score are not shown; they stay as long as it is clear whose they are.
    const texts = (changed: Json | undefined): JsonObject[] => {
      const left = objectsOf(changed)
      const whose = left.length === documents.length ? objectsOf(documents) : []
      return left.map((each, index) => ({ ...whose[index], text: each.content ?? '' }))
    }
    return { told, put: changed => ({ ...whole, documents: texts(changed) }) }
  }
  if (value === undefined) return { told: [], put: () => whole }
  const first = (changed: Json | undefined): Json => objectsOf(changed)[0]?.content ?? ''
  return { told: [{ role: '', content: value }], put: changed => ({ ...whole, value: first(changed) }) }
}

function tagsOf(tags: Json | undefined): ReadonlyMap<string, string> {
  const texts = (Array.isArray(tags) ? tags : []).filter(tag => typeof tag === 'string')
  return new Map(texts.map(tag => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]))
}
