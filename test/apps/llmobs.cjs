// Makes the calls that standard input lists as JSON, `{ tape, method, body }` each, by the openai SDK, one after the other.
const { text } = require('node:stream/consumers')
const tracer = require('dd-trace')

if (process.env.OWN_PLUGIN === 'true') tracer.init()
const OpenAI = require('openai')

const client = new OpenAI({ apiKey: 'sk-test-of-parity', baseURL: process.env.OPENAI_BASE_URL, maxRetries: 0 })
const METHODS = {
  '/v1/chat/completions': client.chat.completions,
  '/v1/completions': client.completions,
  '/v1/embeddings': client.embeddings,
  '/v1/responses': client.responses,
}

async function main() {
  for (const { tape, path, body } of JSON.parse(await text(process.stdin))) {
    await tracer.llmobs.trace({ kind: 'task', name: tape }, () => call(tape, path, body))
  }
}

/** Its span's parent says which tape it was. */
async function call(tape, path, body) {
  try {
    const answer = await METHODS[path].create(body, { headers: { 'x-tape': tape } })
    if (body.stream === true) for await (const _ of answer);
  } catch {
    // An answer that is an error is one to be compared, too.
  }
}

main()
