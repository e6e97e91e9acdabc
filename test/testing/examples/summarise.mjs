import OpenAI from 'openai'

/** The app that the examples test. */
export async function summarise(text) {
  const client = new OpenAI({ apiKey: 'test' })
  const messages = [{ role: 'user', content: `Summarise: ${text}` }]
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  return choices[0].message.content
}
