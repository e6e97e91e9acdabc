import { KEY, MODEL } from './shared.mjs'

const PROMPT = 'Hello, grid!'

export function langchain(name, ChatOpenAI) {
  const model = base => new ChatOpenAI({ apiKey: KEY, model: MODEL, maxRetries: 0, configuration: { baseURL: base } })
  return {
    [`${name} chat`]: async base => (await model(base).invoke(PROMPT)).content,
    [`${name} stream`]: async base => {
      let text = ''
      for await (const chunk of await model(base).stream(PROMPT)) text += chunk.content
      return text
    },
  }
}
