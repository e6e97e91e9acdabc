import { at, field, isObject, type Json, list, str } from '../json'
import { callOf, type Element, elementOf } from './canonical'

/** All that a request says to the model, in the order in which a provider's cache sees it. */
export interface Prompt {
  /** Tools: part of the prompt, but a conversation goes on when they change. */
  readonly head: string
  readonly elements: readonly Element[]
}

export interface ToolCall {
  readonly id: string
  /** Name and arguments. */
  readonly what: string
}

/** More answers to one request than this are not followed. */
const MOST_CHOICES = 8
const MOST_CALLS = 64

const INSTRUCTIONS = JSON.stringify([''])

export function promptOf(request: Json | undefined): Prompt {
  const tools = field(request, 'tools') ?? field(request, 'functions')
  const instructions = str(field(request, 'instructions'))
  const input = field(request, 'input')
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : list(input)
  const messages = [...list(field(request, 'messages')), ...items]
  const first = instructions === undefined ? [] : [{ answer: false, head: INSTRUCTIONS, said: instructions }]
  return { head: tools === undefined ? '' : JSON.stringify(tools), elements: [...first, ...elementsOf(messages)] }
}

/** Each of the answers, as the next request would send it back. None that says nothing. */
export function answersOf(response: Json | undefined): Element[][] {
  const messages = list(field(response, 'choices')).slice(0, MOST_CHOICES)
  const answers = [
    ...messages.map(choice => elementsOf([assistant(field(choice, 'message'))])),
    elementsOf(list(field(response, 'output'))).filter(({ answer }) => answer),
  ]
  return answers.filter(elements => elements.some(({ head, said }) => head !== SILENT || said !== ''))
}

const SILENT = JSON.stringify(['assistant', '', ''])

/** Streams of some servers never tell the role. */
function assistant(message: Json | undefined): Json {
  return isObject(message) ? { ...message, role: 'assistant' } : null
}

function elementsOf(items: readonly Json[]): Element[] {
  return items.map(elementOf).filter(element => element !== undefined)
}

/** The tools that an answer calls: of chat, of a response, of a run that waits for results. */
export function toolCallsOf(response: Json | undefined): ToolCall[] {
  const ofChoices = list(field(response, 'choices')).flatMap(choice => list(at(choice, 'message', 'tool_calls')))
  const ofRun = list(at(response, 'required_action', 'submit_tool_outputs', 'tool_calls'))
  const inItems = list(field(response, 'output')).filter(item => field(item, 'type') === 'function_call')
  return [
    ...[...ofChoices, ...ofRun].map(call => callOf(field(call, 'id'), field(call, 'function'))),
    ...inItems.map(item => callOf(field(item, 'call_id'), item)),
  ]
    .slice(0, MOST_CALLS)
    .map(([id = '', ...what]) => ({ id, what: JSON.stringify(what) }))
}

/** Ids of the tools' results that a request brings: those after the last thing that the model said. */
export function resultsOf(request: Json | undefined): string[] {
  const items = [...list(field(request, 'messages')), ...list(field(request, 'input'))]
  const last = items.findLastIndex(item => elementOfSaid(item))
  const ids = [
    ...items.slice(last + 1).map(item => field(item, 'tool_call_id') ?? field(item, 'call_id')),
    ...list(field(request, 'tool_outputs')).map(output => field(output, 'tool_call_id')),
  ]
  return ids.map(str).filter(id => id !== undefined)
}

function elementOfSaid(item: Json): boolean {
  return field(item, 'role') === 'assistant' || field(item, 'type') === 'function_call'
}
