const { default: OpenAI } = require('openai')

const client = new OpenAI({ apiKey: 'sk-test-of-the-app-abcd', baseURL: `${process.env.OPENAI_ORIGIN}/v1` })
const asked = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello, OpenAI!' }] }
client.chat.completions.create(asked).then(answer => console.log(JSON.stringify(answer)))
