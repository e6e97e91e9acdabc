import { field, type Json, list, str } from '../json'
import { chatCompletion, chatPrompt } from './chat'
import { Countable } from './countable'
import { responsesCompletion, responsesPrompt } from './responses'

/** How the two sides of a family's calls are counted. */
interface Format {
  prompt(request: Json | undefined, model: string): Countable
  /** Absent where there is nothing that counts as output. */
  completion?(request: Json | undefined, response: Json | undefined): Countable
}

export const FORMATS: Readonly<Record<string, Format>> = {
  'chat.completions': { prompt: chatPrompt, completion: chatCompletion },
  responses: { prompt: responsesPrompt, completion: responsesCompletion },
  completions: {
    prompt: request => new Countable().prompt(field(request, 'prompt')),
    completion: completionTexts,
  },
  embeddings: { prompt: request => new Countable().prompt(field(request, 'input')) },
}

/** `echo` puts the prompt before each answer; it is not billed again. */
function completionTexts(request: Json | undefined, response: Json | undefined): Countable {
  const prompt = str(field(request, 'prompt')) ?? ''
  const echo = field(request, 'echo') === true
  const sum = new Countable()
  for (const choice of list(field(response, 'choices'))) {
    const text = str(field(choice, 'text')) ?? ''
    sum.text(echo && text.startsWith(prompt) ? text.slice(prompt.length) : text)
  }
  return sum
}
