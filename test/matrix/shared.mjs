/** What every client asks, in the API's own words. */
export const KEY = 'sk-test-of-the-grid-0123'
export const MODEL = 'gpt-4o-mini'
export const MESSAGES = [{ role: 'user', content: 'Hello, grid!' }]
export const CHAT = { model: MODEL, messages: MESSAGES }
export const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } }
export const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
export const BODY = JSON.stringify(CHAT)
export const STREAM_BODY = JSON.stringify(STREAM)

/** The text of a chat's answer, as JSON or as a stream of events. */
export function textOf(body) {
  const text = String(body)
  if (!text.startsWith('data:')) return JSON.parse(text).choices[0].message.content
  const events = text.split('\n\n').filter(event => event.startsWith('data: {'))
  return events.map(event => JSON.parse(event.slice(6)).choices[0]?.delta?.content ?? '').join('')
}

/** A plain call and a stream of one OpenAI SDK from version 4 on. */
export function sdk(OpenAI, more = {}) {
  const client = base => new OpenAI({ apiKey: KEY, baseURL: base, maxRetries: 0, ...more })
  return {
    chat: async base => (await client(base).chat.completions.create(CHAT)).choices[0].message.content,
    async stream(base) {
      let text = ''
      for await (const chunk of await client(base).chat.completions.create(STREAM))
        text += chunk.choices[0]?.delta?.content ?? ''
      return text
    },
    responses: async base =>
      (await client(base).responses?.create({ model: MODEL, input: 'Hello, grid!' }))?.output_text,
  }
}
