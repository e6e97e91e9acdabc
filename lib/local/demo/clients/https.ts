import { request } from 'node:https'
import { json } from 'node:stream/consumers'
import { headers, urlOf } from './api'

/** An app that calls the API with nothing but `node:https`. */
function ask(path: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(urlOf(path), { method: 'POST', headers }, response => {
      json(response).then(resolve, reject)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

void ask('/responses', { model: 'gpt-4o-mini', temperature: 0.5, input: 'Hello, OpenAI!' })
