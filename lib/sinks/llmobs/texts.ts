import type { Call } from '../../openai/call'
import type { Json, JsonObject } from '../../openai/json'
import { message, messages, objectsOf, textOf } from './message'

/** What may be one text, one list of token numbers, or a list of either. */
export function promptsOf(value: Json | undefined): string[] {
  const isMany = Array.isArray(value) && value.some(item => typeof item === 'string' || Array.isArray(item))
  return (isMany ? value : [value ?? '']).map(prompt => textOf(prompt) ?? '')
}

export function promptMessages({ sample }: Call): JsonObject | undefined {
  if (sample.prompt === undefined) return undefined
  return messages(promptsOf(sample.prompt).map(prompt => message('', prompt)))
}

/** Members of what was asked, each as a message. */
export function textMessages(...names: readonly string[]): (call: Call) => JsonObject | undefined {
  return ({ sample }) =>
    messages(names.flatMap(name => (sample[name] === undefined ? [] : [message('', textOf(sample[name]))])))
}

/** One message a choice. */
export function answeredTexts({ sample }: Call): JsonObject | undefined {
  return messages(objectsOf(sample.choices).map(({ text }) => message('', textOf(text))))
}

/** `[image]` or its address, one message a picture. */
export function pictures({ sample }: Call): JsonObject | undefined {
  return messages(objectsOf(sample.choices).map(({ url }) => message('', textOf(url) ?? '[image]')))
}

export function spokenText({ sample }: Call): JsonObject | undefined {
  return sample.text === undefined ? undefined : messages([message('', textOf(sample.text))])
}
