import { openai } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'

/** An app that uses the Vercel AI SDK. */
async function main(): Promise<void> {
  const model = openai('gpt-4o-mini')
  await generateText({ model, prompt: 'Hello, OpenAI!' })
  await streamText({ model, prompt: 'Stream this please' }).consumeStream()
}

void main()
