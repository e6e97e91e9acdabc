import type { Call } from '../../openai/call'
import type { JsonObject } from '../../openai/json'
import { answeredInChat, askedInChat } from './chat'
import { documents, vectorsAnswered } from './documents'
import { answeredByResponse, askedOfResponse } from './responses'
import { documentsFound, searchedFor } from './retrieval'
import { answeredTexts, pictures, promptMessages, spokenText, textMessages } from './texts'

/** Under `meta.input` or `meta.output`; undefined where nothing may or can be shown. */
export type Shown = (call: Call) => JsonObject | undefined

export interface ModelOperation {
  /** `meta.span.kind`. */
  readonly kind: 'llm' | 'embedding' | 'retrieval'
  readonly input: Shown
  readonly output: Shown
}

const CHAT: ModelOperation = { kind: 'llm', input: askedInChat, output: answeredInChat }
const RESPONSE: ModelOperation = { kind: 'llm', input: askedOfResponse, output: answeredByResponse }
const IMAGE: ModelOperation = { kind: 'llm', input: promptMessages, output: pictures }
const SPOKEN: ModelOperation = { kind: 'llm', input: promptMessages, output: spokenText }

/**
 * The operations that a model answers, and searches: each call of one is a span of LLM Observability. Of all others,
 * which ask for files, jobs or lists, there is none. Of a socket there is one for each answer and transcript in it.
 */
export const MODEL_OPERATIONS: Readonly<Record<string, ModelOperation>> = {
  createChatCompletion: CHAT,
  createCompletion: { kind: 'llm', input: promptMessages, output: answeredTexts },
  createEdit: { kind: 'llm', input: textMessages('instruction', 'input'), output: answeredTexts },
  createResponse: RESPONSE,
  beta_createResponse: RESPONSE,
  Compactconversation: RESPONSE,
  beta_Compactconversation: RESPONSE,
  createEmbedding: { kind: 'embedding', input: documents, output: vectorsAnswered },
  createImage: IMAGE,
  createImageEdit: IMAGE,
  createImageVariation: IMAGE,
  createTranscription: SPOKEN,
  createTranslation: SPOKEN,
  realtimeResponse: RESPONSE,
  realtimeTranscription: SPOKEN,
  searchVectorStore: { kind: 'retrieval', input: searchedFor, output: documentsFound },
  createSpeech: { kind: 'llm', input: textMessages('instructions', 'input'), output: () => undefined },
}
