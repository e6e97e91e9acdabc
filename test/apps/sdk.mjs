/** The ways that OpenAI's own SDK is used, on version 6 (fetch) and on version 4 (node-fetch, so node:http). */
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { left, log, play, shape } from './stage.mjs'

const { APP_SDK, OPENAI_ORIGIN, REFUSED_ORIGIN } = process.env
const { default: OpenAI, toFile } = await import(APP_SDK)

/** Each scene's calls carry its name, so that the test can tell whose request and whose span it is. */
function clientFor(scene, options = {}) {
  return new OpenAI({
    apiKey: 'sk-test-of-the-app-abcd',
    baseURL: `${OPENAI_ORIGIN}/v1`,
    organization: scene,
    maxRetries: 0,
    ...options,
  })
}

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello, OpenAI!' }] }
const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } }

/** Where version 4 keeps its helpers. */
function helpers(client) {
  return client.chat.completions.runTools ? client.chat.completions : client.beta.chat.completions
}

async function read(stream) {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''
  return text
}

const kept = []

/** Version 4 never settles when a body is cut: that has to stay so, and not end the app. */
function settled(promise) {
  let timer
  const patience = new Promise(resolve => {
    timer = setTimeout(resolve, 500, 'never settles')
  })
  return Promise.race([promise, patience]).finally(() => clearTimeout(timer))
}

await play({
  plain: scene => clientFor(scene).chat.completions.create(CHAT),

  stream: async scene => {
    for await (const chunk of await clientFor(scene).chat.completions.create(STREAM)) log(chunk)
  },

  withResponse: async scene => {
    const { data, response, request_id } = await clientFor(scene).chat.completions.create(CHAT).withResponse()
    return [data, response.status, response.headers.get('x-request-id'), response.bodyUsed, request_id]
  },

  withResponseStream: async scene => {
    const { data, response } = await clientFor(scene).chat.completions.create(STREAM).withResponse()
    return [response.headers.get('content-type'), response.bodyUsed, await read(data), response.bodyUsed]
  },

  asResponseJson: async scene => {
    const response = await clientFor(scene).chat.completions.create(CHAT).asResponse()
    const copy = response.clone()
    return [response.ok, response.url.length > 0, await response.json(), (await copy.text()).length]
  },

  asResponseText: async scene => {
    const response = await clientFor(scene).chat.completions.create(STREAM).asResponse()
    return response.text()
  },

  asResponseUnread: async scene => {
    const response = await clientFor(scene).chat.completions.create(CHAT).asResponse()
    kept.push(response)
    return response.status
  },

  parse: async scene => {
    const format = zodResponseFormat(z.object({ answer: z.number() }), 'answer')
    const answer = await helpers(clientFor(scene)).parse({ ...CHAT, response_format: format })
    return [answer.choices[0].message.parsed, answer.usage]
  },

  streamHelper: async scene => {
    const runner = helpers(clientFor(scene)).stream(CHAT)
    for (const event of ['connect', 'content', 'message', 'finalContent', 'error', 'abort', 'end']) {
      runner.on(event, (...values) => log(event, ...values))
    }
    return runner.finalChatCompletion()
  },

  streamHelperAborted: async scene => {
    const runner = helpers(clientFor(scene)).stream(CHAT)
    for (const event of ['error', 'abort', 'end']) runner.on(event, error => log(event, shape(error)))
    runner.once('content', () => runner.abort())
    await runner.done().catch(error => log('done throws', shape(error)))
    await left(scene)
  },

  tee: async scene => {
    const [one, two] = (await clientFor(scene).chat.completions.create(STREAM)).tee()
    return Promise.all([read(one), read(two)])
  },

  toReadableStream: async scene => {
    const stream = await clientFor(scene).chat.completions.create(STREAM)
    return new Response(stream.toReadableStream()).text()
  },

  runTools: async scene => {
    const runner = helpers(clientFor(scene)).runTools({
      ...CHAT,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parse: JSON.parse,
            function: ({ city }) => `sunny in ${city}`,
            description: 'how is it',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
          },
        },
      ],
    })
    runner.on('message', message => log(message))
    return runner.finalContent()
  },

  pages: async scene => {
    for await (const file of clientFor(scene).files.list({ limit: 2 })) log(file.id)
  },

  upload: async scene => {
    const file = await toFile(Buffer.from('{"a":1}\n'.repeat(5000)), 'lines.jsonl')
    return clientFor(scene).files.create({ file, purpose: 'fine-tune' })
  },

  download: async scene => {
    const response = await clientFor(scene).files.content('file-abc')
    return Buffer.from(await response.arrayBuffer()).toString('base64')
  },

  embeddings: async scene => {
    const { data } = await clientFor(scene).embeddings.create({ model: 'text-embedding-3-small', input: 'hello' })
    return data[0].embedding
  },

  responses: async scene => {
    const client = clientFor(scene)
    for await (const event of await client.responses.create({ model: 'gpt-4o-mini', input: 'hi', stream: true })) {
      log(event.type)
    }
  },

  break: async scene => {
    for await (const chunk of await clientFor(scene).chat.completions.create(STREAM)) {
      log(chunk)
      break
    }
    await left(scene)
  },

  abort: async scene => {
    const stream = await clientFor(scene).chat.completions.create(STREAM)
    let seen = 0
    for await (const chunk of stream) {
      log(chunk)
      seen += 1
      if (seen === 2) stream.controller.abort()
    }
    log(seen)
    await left(scene)
  },

  throw: async scene => {
    try {
      for await (const _ of await clientFor(scene).chat.completions.create(STREAM)) throw new RangeError('mine')
    } catch (error) {
      log(shape(error))
    }
    await left(scene)
  },

  unread: async scene => {
    kept.push(await clientFor(scene).chat.completions.create(STREAM))
  },

  errorEvent: async scene => {
    const stream = await clientFor(scene).chat.completions.create(STREAM)
    try {
      for await (const chunk of stream) log(chunk)
    } catch (error) {
      log('caught', shape(error))
    }
  },

  abortedBefore: scene => clientFor(scene).chat.completions.create(CHAT, { signal: AbortSignal.abort() }),

  abortHead: async scene => {
    const controller = new AbortController()
    const asked = clientFor(scene).chat.completions.create(CHAT, { signal: controller.signal })
    asked.catch(() => {})
    // Not straight from a timer: that is a deadline, which version 7 hands on as it is.
    await new Promise(resolve => setTimeout(resolve, 100))
    controller.abort()
    await asked.catch(error => log(shape(error)))
    await left(scene)
  },

  timeout: async scene => {
    await clientFor(scene, { timeout: 1000 })
      .chat.completions.create(CHAT)
      .catch(error => log(shape(error)))
    await left(scene)
  },

  timeoutOfOneCall: scene => clientFor(scene).chat.completions.create(CHAT, { timeout: 1000 }),
  timeoutShort: scene => clientFor(scene, { timeout: 300 }).chat.completions.create(CHAT),

  retry429: scene => clientFor(scene, { maxRetries: 2 }).chat.completions.create(CHAT),
  retry500: scene => clientFor(scene, { maxRetries: 2 }).chat.completions.create(STREAM).then(read),
  retryReset: scene => clientFor(scene, { maxRetries: 2 }).chat.completions.create(CHAT),
  gaveUp: scene => clientFor(scene, { maxRetries: 1 }).chat.completions.create(CHAT),

  rejected: async scene => {
    try {
      return await clientFor(scene).chat.completions.create(CHAT)
    } catch (error) {
      return [shape(error), error.request_id ?? error.requestID, error instanceof OpenAI.AuthenticationError]
    }
  },

  refused: scene => clientFor(scene, { baseURL: `${REFUSED_ORIGIN}/v1` }).chat.completions.create(CHAT),
  cutInBody: scene => settled(clientFor(scene).chat.completions.create(CHAT)),
  cutInStream: scene => settled(clientFor(scene).chat.completions.create(STREAM).then(read)),
})
