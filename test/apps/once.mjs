import OpenAI from 'openai'

const client = new OpenAI({ apiKey: 'sk-test-of-the-app-abcd', baseURL: `${process.env.OPENAI_ORIGIN}/v1` })
const messages = [{ role: 'user', content: 'Hello, OpenAI!' }]
console.log(JSON.stringify(await client.chat.completions.create({ model: 'gpt-4o-mini', messages })))
