/** Clients that are not OpenAI's own SDK: axios (node:http), LangChain, the AI SDK, undici, bare fetch and node:http. */
import { request as httpRequest } from 'node:http'
import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai'
import axios from 'axios'
import { Client, request, stream } from 'undici'
import { z } from 'zod'
import { left, log, play, shape } from './stage.mjs'

const { OPENAI_ORIGIN } = process.env
const URL_OF_CHAT = `${OPENAI_ORIGIN}/v1/chat/completions`
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello, OpenAI!' }] }
const KEY = 'sk-test-of-the-app-abcd'

function headers(scene) {
  return { authorization: `Bearer ${KEY}`, 'openai-organization': scene, 'content-type': 'application/json' }
}

function langchain(scene, options = {}) {
  return new ChatOpenAI({
    model: 'gpt-4o-mini',
    apiKey: KEY,
    maxRetries: 0,
    configuration: { baseURL: `${OPENAI_ORIGIN}/v1`, organization: scene },
    ...options,
  })
}

function aiSdk(scene) {
  return createOpenAI({ apiKey: KEY, baseURL: `${OPENAI_ORIGIN}/v1`, organization: scene })
}

const weather = tool({
  description: 'how is it',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `sunny in ${city}`,
})

async function text(body) {
  let all = ''
  for await (const chunk of body) all += chunk
  return all
}

await play({
  axios: async scene => {
    const { data, status } = await axios.post(URL_OF_CHAT, CHAT, { headers: headers(scene) })
    return [status, data]
  },
  axiosStream: async scene => {
    const options = { headers: headers(scene), responseType: 'stream' }
    return text((await axios.post(URL_OF_CHAT, { ...CHAT, stream: true }, options)).data)
  },
  axiosLeft: async scene => {
    const options = { headers: headers(scene), responseType: 'stream' }
    const { data } = await axios.post(URL_OF_CHAT, { ...CHAT, stream: true }, options)
    for await (const _ of data) break
    log(data.destroyed)
    await left(scene)
  },
  axiosRejected: scene => axios.post(URL_OF_CHAT, CHAT, { headers: headers(scene) }),
  axiosTimeout: async scene => {
    await axios.post(URL_OF_CHAT, CHAT, { headers: headers(scene), timeout: 200 }).catch(error => log(shape(error)))
    await left(scene)
  },

  langchain: async scene => {
    const { content, usage_metadata } = await langchain(scene).invoke('Hello, OpenAI!')
    return [content, usage_metadata]
  },
  langchainStream: async scene => {
    for await (const { content } of await langchain(scene).stream('Hello, OpenAI!')) log(content)
  },
  langchainBroken: async scene => {
    for await (const { content } of await langchain(scene).stream('Hello, OpenAI!')) {
      log(content)
      if (content !== '') break
    }
    await left(scene)
  },
  langchainAborted: async scene => {
    const controller = new AbortController()
    try {
      for await (const { content } of await langchain(scene).stream('Hello', { signal: controller.signal })) {
        log(content)
        if (content !== '') controller.abort()
      }
    } catch (error) {
      log(shape(error))
    }
    await left(scene)
  },
  langchainRetry: async scene => (await langchain(scene, { maxRetries: 1 }).invoke('Hello, OpenAI!')).content,
  langchainEmbeddings: async scene => {
    const configuration = { baseURL: `${OPENAI_ORIGIN}/v1`, organization: scene }
    const vectors = new OpenAIEmbeddings({ model: 'text-embedding-3-small', apiKey: KEY, maxRetries: 0, configuration })
    return vectors.embedQuery('hello')
  },

  ai: async scene => {
    const answer = await generateText({ model: aiSdk(scene).chat('gpt-4o-mini'), prompt: 'Hello', maxRetries: 0 })
    return [answer.text, answer.usage, answer.finishReason]
  },
  aiStream: async scene => {
    const answer = streamText({ model: aiSdk(scene).chat('gpt-4o-mini'), prompt: 'Hello', maxRetries: 0 })
    for await (const piece of answer.textStream) log(piece)
    return [await answer.usage, await answer.finishReason]
  },
  aiLeft: async scene => {
    const controller = new AbortController()
    const answer = streamText({
      model: aiSdk(scene).chat('gpt-4o-mini'),
      prompt: 'Hello',
      maxRetries: 0,
      abortSignal: controller.signal,
    })
    try {
      for await (const piece of answer.textStream) {
        log(piece)
        controller.abort()
      }
    } catch (error) {
      log(shape(error))
    }
    await left(scene)
  },
  aiTools: async scene => {
    const answer = await generateText({
      model: aiSdk(scene).chat('gpt-4o-mini'),
      prompt: 'Hello',
      maxRetries: 0,
      tools: { weather },
      stopWhen: stepCountIs(3),
    })
    return [answer.text, answer.totalUsage, answer.steps.length]
  },
  aiObject: async scene => {
    const schema = z.object({ answer: z.number() })
    const answer = await generateObject({
      model: aiSdk(scene).chat('gpt-4o-mini'),
      schema,
      prompt: 'Hello',
      maxRetries: 0,
    })
    return answer.object
  },
  aiRejected: scene => generateText({ model: aiSdk(scene).chat('gpt-4o-mini'), prompt: 'Hello', maxRetries: 0 }),

  fetch: async scene => {
    const init = { method: 'POST', headers: headers(scene), body: JSON.stringify(CHAT) }
    return (await fetch(URL_OF_CHAT, init)).json()
  },
  fetchRequest: async scene => {
    const init = { method: 'POST', headers: headers(scene), body: JSON.stringify(CHAT) }
    const asked = new Request(URL_OF_CHAT, init)
    const answer = await fetch(asked)
    return [asked.bodyUsed, answer.redirected, answer.type, await answer.text()]
  },
  undiciRequest: async scene => {
    const options = { method: 'POST', headers: headers(scene), body: JSON.stringify(CHAT) }
    const { statusCode, body } = await request(URL_OF_CHAT, options)
    return [statusCode, await body.json()]
  },
  undiciStream: async scene => {
    const { PassThrough } = await import('node:stream')
    const out = new PassThrough()
    const options = { method: 'POST', headers: headers(scene), body: JSON.stringify(CHAT) }
    const [all] = await Promise.all([text(out), stream(URL_OF_CHAT, options, () => out)])
    return all
  },
  undiciClient: async scene => {
    const client = new Client(OPENAI_ORIGIN, { pipelining: 2 })
    const one = () =>
      client
        .request({
          method: 'POST',
          path: '/v1/chat/completions',
          headers: headers(scene),
          body: JSON.stringify(CHAT),
        })
        .then(({ body }) => body.text())
    const both = await Promise.all([one(), one()])
    await client.close()
    return both
  },
  http: scene =>
    new Promise((resolve, reject) => {
      const asked = httpRequest(URL_OF_CHAT, { method: 'POST', headers: headers(scene) })
      for (const event of ['socket', 'finish', 'response', 'close']) asked.on(event, () => log(event))
      asked.on('error', reject).on('response', response => {
        for (const event of ['end', 'close', 'aborted']) response.on(event, () => log('response', event))
        // Not 'end': dd-trace's http plugin listens for it (5.132). test/transparent counts those, without the tracer.
        log(response.readableFlowing, response.listenerCount('data'))
        text(response.setEncoding('utf8')).then(resolve, reject)
      })
      log(asked.write('{"model":"gpt-4o-mini",'))
      asked.end(JSON.stringify(CHAT).slice('{"model":"gpt-4o-mini",'.length))
    }),
})
