/** Fifty jobs at a time, each in a trace of its own, by each way to call: whose child is a call? */
import { createRequire } from 'node:module'
import { log, play } from './stage.mjs'

const { default: tracer } = createRequire(import.meta.url)('dd-trace')
const { OPENAI_ORIGIN } = process.env
const JOBS = 50

async function callWith(sdk, scene, job) {
  const { default: OpenAI } = await import(sdk)
  const client = new OpenAI({ apiKey: 'sk-test-of-the-app-abcd', baseURL: `${OPENAI_ORIGIN}/v1`, organization: scene })
  const messages = [{ role: 'user', content: 'Hello, OpenAI!' }]
  return tracer.trace('job', { resource: `${scene} ${job}` }, async () => {
    const options = { model: 'gpt-4o-mini', messages, stream: job % 2 === 0, user: `${scene} ${job}` }
    const answer = await client.chat.completions.create(options)
    if (job % 2 !== 0) return answer.choices[0].message.content
    let text = ''
    for await (const chunk of answer) text += chunk.choices[0]?.delta?.content ?? ''
    return text
  })
}

const jobs = sdk => async scene => {
  const answers = await Promise.all(Array.from({ length: JOBS }, (_, job) => callWith(sdk, scene, job)))
  log(answers)
}

await play({ fetch: jobs('openai'), http: jobs('openai4') })
