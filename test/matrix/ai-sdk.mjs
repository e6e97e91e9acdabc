import { KEY, MODEL } from './shared.mjs'

const PROMPT = 'Hello, grid!'

/** A plain call and a stream of the Vercel AI SDK, by chat and, where it is the default, by responses. */
export function aiSdk(name, createOpenAI, generateText, streamText) {
  const openai = base => createOpenAI({ apiKey: KEY, baseURL: base, compatibility: 'strict' })
  return {
    [`${name} chat`]: async base =>
      (await generateText({ model: openai(base).chat(MODEL), prompt: PROMPT, maxRetries: 0 })).text,
    [`${name} stream`]: async base => {
      const answer = streamText({ model: openai(base).chat(MODEL), prompt: PROMPT, maxRetries: 0 })
      let text = ''
      for await (const piece of answer.textStream) text += piece
      return text
    },
    [`${name} responses`]: async base =>
      (await generateText({ model: openai(base).responses(MODEL), prompt: PROMPT, maxRetries: 0 })).text,
  }
}
