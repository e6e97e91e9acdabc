import type { Call } from '../../../openai/call'
import { type Json, type JsonObject, list, str } from '../../../openai/json'
import { objects } from '../../../openai/readers/shape'
import { finishReasons } from '../facts'
import { chatMessages, choiceMessages } from './chat'
import { itemMessages, outputOfItems } from './items'
import { jsonText } from './json-text'
import { type Message, type OutputMessage, type Part, text, withheld } from './message'
import { partsOf } from './parts'
import { toolDefinitions } from './tool-definitions'

/** What was asked and answered, in full. */
interface Content {
  system: Part[]
  input: Message[]
  output: OutputMessage[]
}

type Sample = Call['sample']

/**
 * Prompts, answers, instructions and tools of a call, as JSON after the conventions' schemas: attributes have no
 * structure in JavaScript. All of it comes from `sample`, which is filtered and redacted before any output sees it.
 */
export function contentAttributes(call: Call): Record<string, string> {
  const { system, input, output } = contentOf(call)
  const tools = toolDefinitions(call.sample.tools, call.sample.functions)
  return {
    ...(system.length === 0 ? {} : { 'gen_ai.system_instructions': jsonText(system) }),
    ...(input.length === 0 ? {} : { 'gen_ai.input.messages': jsonText(input) }),
    ...(output.length === 0 ? {} : { 'gen_ai.output.messages': jsonText(output) }),
    ...(tools.length === 0 ? {} : { 'gen_ai.tool.definitions': jsonText(tools) }),
  }
}

function contentOf(call: Call): Content {
  const { sample } = call
  const told = instructionsOf(sample)
  return {
    system: told.system,
    input: [...told.messages, ...inputOf(sample, call.family)],
    output: outputOf(call),
  }
}

/** A text apart from the chat; as messages, which a stored prompt came to, they belong to it. */
function instructionsOf({ instructions, additional_instructions }: Sample): { system: Part[]; messages: Message[] } {
  const texts = [instructions, additional_instructions].flatMap(said => str(said) ?? [])
  return { system: texts.map(text), messages: itemMessages(instructions) }
}

/** Members of the sample that are sent to the model, in their order. */
const CHATS = ['thread.messages', 'messages', 'additional_messages'] as const
const TEXTS = ['input', 'prompt', 'content', 'query', 'instruction'] as const

function inputOf(sample: Sample, family: string): Message[] {
  const heard = sample.file !== undefined && family.startsWith('audio') ? [user(withheld('audio'))] : []
  const shown = sample.image === undefined ? [] : [user(withheld('image'))]
  return [
    ...CHATS.flatMap(name => chatMessages(sample[name])),
    ...TEXTS.flatMap(name => said(sample[name])),
    ...objects(sample.items).flatMap(item => itemMessages([item])),
    ...heard,
    ...shown,
  ]
}

function user(...parts: Part[]): Message {
  return { role: 'user', parts }
}

/** One text, several, or items. Tokens are no text. */
function said(value: Json | undefined): Message[] {
  if (typeof value === 'string') return [user(text(value))]
  const texts = list(value).filter(each => typeof each === 'string')
  if (texts.length > 0) return [user(...texts.map(text))]
  return itemMessages(value)
}

function outputOf(call: Call): OutputMessage[] {
  const { sample, family } = call
  const [reason] = finishReasons(call) ?? []
  const spoken = str(sample.text)
  if (sample.output !== undefined) return outputOfItems(sample.output, reason)
  if (spoken !== undefined) return [assistant([text(spoken)])]
  if (family === 'images') return objects(sample.choices).map(image => assistant(pictured(image)))
  if (family === 'audio.speech' && call.error === undefined) return [assistant([withheld('audio')])]
  return [...choiceMessages(sample.choices), ...completionMessages(sample.completion)]
}

/** Choices, or the messages of a run. */
function completionMessages(completion: Json | undefined): OutputMessage[] {
  const isChoices = objects(completion).some(each => 'message' in each || 'finish_reason' in each)
  if (isChoices) return choiceMessages(completion)
  return chatMessages(completion).map(message => ({ ...message, finish_reason: 'stop' }))
}

function assistant(parts: Part[]): OutputMessage {
  return { role: 'assistant', parts, finish_reason: 'stop' }
}

function pictured({ url, revised_prompt }: JsonObject): Part[] {
  const revised = str(revised_prompt)
  return [...partsOf({ type: 'image', image_url: url ?? null }), ...(revised === undefined ? [] : [text(revised)])]
}
