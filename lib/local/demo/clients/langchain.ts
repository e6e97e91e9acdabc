import { ChatOpenAI } from '@langchain/openai'

/** An app that uses LangChain. */
async function main(): Promise<void> {
  const chat = new ChatOpenAI({ model: 'gpt-4o-mini' })
  await chat.invoke('Hello, OpenAI!')
  for await (const _ of await chat.stream('Hello, OpenAI!'));
}

void main()
