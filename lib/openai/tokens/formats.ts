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

/** Told above the two texts in each answer that is known, of 13 and of 16 tokens. Of their output no rule is. */
const PER_EDIT = 12

export const FORMATS: Readonly<Record<string, Format>> = {
  'chat.completions': { prompt: chatPrompt, completion: chatCompletion },
  responses: { prompt: responsesPrompt, completion: responsesCompletion },
  completions: {
    prompt: request => new Countable().prompt(field(request, 'prompt')),
    completion: completionTexts,
  },
  edits: {
    prompt: request => new Countable().text(field(request, 'input'), field(request, 'instruction')).plus(PER_EDIT),
    completion: (request, response) => completionTexts(request, response).roughly('edits counted as answered'),
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
