import OpenAI from 'openai'

/** An app that uses the official SDK in its usual ways. */
const openai = new OpenAI()
const model = 'gpt-4o-mini'

async function main(): Promise<void> {
  await ask('Hello, OpenAI!')
  await readToEnd('Hello, OpenAI!')
  await callTool()
  // The server turns the first attempt away; the SDK waits and tries again.
  await ask('Are you very busy?')
  await leaveStream('Write me a long story.')
}

function ask(content: string): Promise<unknown> {
  return openai.chat.completions.create({ model, messages: [{ role: 'user', content }] })
}

async function readToEnd(content: string): Promise<void> {
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content }],
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const _ of stream);
}

function callTool(): Promise<unknown> {
  return openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'What is 2 + 2?' }],
    tools: [
      {
        type: 'function',
        function: {
          name: 'add',
          parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
        },
      },
    ],
  })
}

/** Aborts in mid-stream, as an app does when its user goes away. */
async function leaveStream(content: string): Promise<void> {
  const stream = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'user', content }],
    stream: true,
  })
  let events = 0
  for await (const _ of stream) {
    events += 1
    if (events === 10) stream.controller.abort()
  }
}

void main()
