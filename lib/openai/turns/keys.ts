import { digest } from '../../digest'
import { field, type Json, str } from '../json'
import type { Fingerprint } from './fingerprint'
import { answersOf, resultsOf, type ToolCall } from './prompt'

/** The two bodies of a call; whose it is and where it went, as a digest. */
export interface CallBodies {
  readonly scope: string
  readonly request: Json | undefined
  readonly response: Json | undefined
  /** Undefined where not all of the prompt is known. */
  readonly prompt: Fingerprint | undefined
}

/** By what a request can be known to go on from an earlier call, the surest first. */
export interface KeysAsked {
  readonly conversation: readonly string[]
  readonly response: readonly string[]
  readonly results: readonly string[]
  /** The longest first. */
  readonly prefix: readonly string[]
}

/** What a request says of what was before it. */
export function keysAsked({ scope, request, response, prompt }: CallBodies): KeysAsked {
  const previous = str(field(request, 'previous_response_id'))
  return {
    conversation: conversationsOf(request, response).map(id => keyOf(scope, 'conversation', id)),
    response: previous === undefined ? [] : [keyOf(scope, 'response', previous)],
    results: resultsOf(request)
      .slice(0, MOST_RESULTS)
      .filter(isUnique)
      .map(id => keyOf(scope, 'tool', id)),
    // Behind a previous response the prompt is only what is new.
    prefix: previous === undefined ? (prompt?.ends ?? []).map(end => ofUser(request, end)) : [],
  }
}

/** By what a later request can refer to this answer. */
export function keysOffered(bodies: CallBodies, calls: readonly ToolCall[]): string[] {
  const { scope, request, response, prompt } = bodies
  const id = str(field(response, 'object')) === 'response' ? str(field(response, 'id')) : undefined
  const isWhole = !holdsPromptElsewhere(request)
  return [
    ...(id === undefined ? [] : [keyOf(scope, 'response', id)]),
    ...calls.filter(call => isUnique(call.id)).map(call => keyOf(scope, 'tool', call.id)),
    ...(isWhole && prompt !== undefined ? answersOf(response).map(answer => ofUser(request, prompt.with(answer))) : []),
  ]
}

/** The keys of a conversation or thread that the server keeps. They are the same for all of its calls. */
export function conversationKeys({ scope, request, response }: CallBodies): string[] {
  return conversationsOf(request, response).map(id => keyOf(scope, 'conversation', id))
}

/** The model is shown more than the request has. */
export function holdsPromptElsewhere(request: Json | undefined): boolean {
  // A run's prompt is in its thread.
  if (field(request, 'assistant_id') !== undefined || field(request, 'tool_outputs') !== undefined) return true
  return ['previous_response_id', 'conversation', 'prompt'].some(name => {
    const value = field(request, name)
    return value !== undefined && value !== null
  })
}

const MOST_RESULTS = 64

function conversationsOf(request: Json | undefined, response: Json | undefined): string[] {
  const asked = field(request, 'conversation')
  const answered = field(response, 'conversation')
  const ids = [asked, field(asked, 'id'), field(answered, 'id'), field(response, 'thread_id')]
  return [...new Set(ids.map(str).filter(id => id !== undefined))]
}

/**
 * Some servers number the calls of each answer (`call_0`, `functions.get_weather:0`): such an id is that of many calls.
 * What is made at random changes between letters and digits.
 */
function isUnique(id: string): boolean {
  const runs = id.replaceAll('-', '').match(/[a-z\d]{9,}/gi) ?? []
  return runs.some(run => (run.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0) >= 2)
}

/**
 * Two users who begin with the same words get the same answer now and then, and one of them perhaps from another process.
 * Ids are sure by themselves: they join whether each of the requests names the user or not.
 */
function ofUser(request: Json | undefined, prompt: string): string {
  const names = ['user', 'safety_identifier'].map(name => str(field(request, name)) ?? '')
  return names.every(name => name === '') ? prompt : keyOf(prompt, 'user', JSON.stringify(names))
}

function keyOf(scope: string, kind: string, id: string): string {
  return digest('sha1', `${scope} ${kind} ${id}`)
}
