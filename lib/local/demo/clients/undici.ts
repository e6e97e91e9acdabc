import { request } from 'undici'
import { headers, urlOf } from './api'

/** An app that reads a streamed answer with the npm package undici. */
async function main(): Promise<void> {
  const body = JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'The population of France, as JSON.' }],
  })
  const response = await request(urlOf('/chat/completions'), { method: 'POST', headers, body })
  await response.body.text()
}

void main()
