import { headers, urlOf } from './api'

/** An app that calls the API with the global `fetch`. */
async function main(): Promise<void> {
  await ask('/chat/completions', {
    model: 'gpt-4o-mini',
    temperature: 0.5,
    messages: [{ role: 'user', content: 'Hello, OpenAI!' }],
  })
  await ask('/embeddings', { model: 'text-embedding-3-small', input: 'hello world', encoding_format: 'base64' })
}

async function ask(path: string, body: object): Promise<unknown> {
  const response = await fetch(urlOf(path), { method: 'POST', headers, body: JSON.stringify(body) })
  return response.json()
}

void main()
