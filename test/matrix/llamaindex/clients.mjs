import { OpenAI } from '@llamaindex/openai'
import { KEY, MESSAGES, MODEL } from '../shared.mjs'

export const clients = {
  llamaindex: async base => {
    const llm = new OpenAI({ apiKey: KEY, baseURL: base, model: MODEL, maxRetries: 0 })
    return (await llm.chat({ messages: MESSAGES })).message.content
  },
}
