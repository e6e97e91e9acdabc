import { count, field, type Json, list, str } from '../json'
import { chatCompletion, chatPrompt } from './chat'
import { Countable } from './countable'
import { responsesCompletion, responsesPrompt } from './responses'

/** How the two sides of a family's calls are counted. */
interface Format {
  /** The list that every answer has. */
  readonly answer: string
  prompt(request: Json | undefined, model: string): Countable
  /** Absent where there is nothing that counts as output. */
  completion?(request: Json | undefined, response: Json | undefined): Countable
}

/** Told above the two texts in each answer that is known, of 13 and of 16 tokens. Of their output no rule is. */
const PER_EDIT = 12

export const FORMATS: Readonly<Record<string, Format>> = {
  'chat.completions': { answer: 'choices', prompt: chatPrompt, completion: chatCompletion },
  responses: { answer: 'output', prompt: responsesPrompt, completion: responsesCompletion },
  completions: {
    answer: 'choices',
    prompt: completionPrompt,
    completion: completionTexts,
  },
  edits: {
    answer: 'choices',
    prompt: request => new Countable().text(field(request, 'input'), field(request, 'instruction')).plus(PER_EDIT),
    completion: (request, response) => completionTexts(request, response).roughly('edits counted as answered'),
  },
  embeddings: { answer: 'data', prompt: request => new Countable().prompt(field(request, 'input')) },
}

/** Has an answer the form of one? Of families that are not counted nothing is known. */
export function isAnswer(family: string, answer: Json | undefined): boolean {
  const format = FORMATS[family]
  return format === undefined || Array.isArray(field(answer, format.answer))
}

/** How what stands after the gap is shown to the model is not published. */
function completionPrompt(request: Json | undefined): Countable {
  const sum = new Countable().prompt(field(request, 'prompt'))
  const suffix = str(field(request, 'suffix'))
  return suffix === undefined ? sum : sum.text(suffix).roughly('the suffix counted as sent')
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
  // All candidates are paid for.
  const [written, shown] = [count(field(request, 'best_of')) ?? 1, count(field(request, 'n')) ?? 1]
  return written > shown ? sum.without('candidates that were not chosen') : sum
}
