import axios from 'axios'
import { headers, urlOf } from './api'

/** An app that calls the API with axios. */
async function main(): Promise<void> {
  await axios.post(
    urlOf('/completions'),
    { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello, OpenAI!', max_tokens: 100, n: 3 },
    { headers },
  )
  await axios.get(urlOf('/models'), { headers })
}

void main()
