import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { BODY, CHAT, HEADERS, KEY, MESSAGES, MODEL, STREAM_BODY, sdk, textOf } from '../shared.mjs'

const POST = { method: 'POST', headers: HEADERS }
const PATH = '/chat/completions'
const NODE = Number(process.versions.node.split('.')[0])

/** A package, or undefined where this Node is too old for it. */
async function load(name, leastNode = 20) {
  return NODE < leastNode ? undefined : import(name)
}

function byHttp(client, options, body) {
  return base =>
    new Promise((resolve, reject) => {
      const request = client.request(base + PATH, { ...POST, ...options }, response =>
        text(response).then(textOf).then(resolve, reject),
      )
      request.on('error', reject)
      request.end(body)
    })
}

function byHttp2(body) {
  return base =>
    new Promise((resolve, reject) => {
      const { origin, pathname } = new URL(base + PATH)
      const session = http2.connect(origin)
      session.on('error', reject)
      const stream = session.request({ ':method': 'POST', ':path': pathname, ...HEADERS })
      text(stream)
        .then(textOf)
        .then(resolve, reject)
        .finally(() => session.close())
      stream.end(body)
    })
}

const byFetch =
  (fetch, body, more = {}) =>
  async base =>
    textOf(await (await fetch(base + PATH, { ...POST, body, ...more })).text())

export const clients = {
  fetch: byFetch(fetch, BODY),
  'fetch stream': byFetch(fetch, STREAM_BODY),
  'fetch Request': async base => textOf(await (await fetch(new Request(base + PATH, { ...POST, body: BODY }))).text()),
  http: byHttp(http, {}, BODY),
  'http stream': byHttp(http, {}, STREAM_BODY),
  'http header list': byHttp(
    http,
    {
      headers: Object.entries({
        ...HEADERS,
        host: new URL(process.env.ORIGIN).host,
        'content-length': BODY.length,
      }).flat(),
    },
    BODY,
  ),
  'http without agent': byHttp(http, { agent: false }, BODY),
  'https http2-server': byHttp(https, {}, BODY),
  http2: byHttp2(BODY),
  'http2 stream': byHttp2(STREAM_BODY),
}

for (const [version, leastNode] of [
  [5, 20],
  [6, 20],
  [7, 20],
  [8, 22],
]) {
  const undici = await load(`undici${version}`, leastNode)
  if (undici === undefined) continue
  const { Agent, Pool, RetryAgent, ProxyAgent, EnvHttpProxyAgent, request, stream, pipeline, interceptors } = undici
  const add = (name, ask) => {
    clients[`undici ${version} ${name}`] = ask
  }
  const byRequest = (body, dispatcherOf) => async base => {
    const dispatcher = dispatcherOf?.(base)
    const { body: answer } = await request(base + PATH, { ...POST, body, ...(dispatcher ? { dispatcher } : {}) })
    return textOf(await answer.text())
  }
  const byUndiciFetch = (body, dispatcherOf) => base =>
    byFetch(undici.fetch, body, dispatcherOf ? { dispatcher: dispatcherOf(base) } : {})(base)
  add('fetch', byUndiciFetch(BODY))
  add('fetch stream', byUndiciFetch(STREAM_BODY))
  add('request', byRequest(BODY))
  add('request stream', byRequest(STREAM_BODY))
  add('stream', async base => {
    const chunks = []
    const { Writable } = await import('node:stream')
    const sink = () =>
      new Writable({
        write: (chunk, _, done) => {
          chunks.push(chunk)
          done()
        },
      })
    await stream(base + PATH, { ...POST, body: BODY }, sink)
    return textOf(Buffer.concat(chunks))
  })
  add('pipeline', async base => {
    const duplex = pipeline(base + PATH, POST, ({ body }) => body)
    duplex.end(BODY)
    return textOf(await text(duplex))
  })
  add(
    'Agent',
    byRequest(BODY, () => new Agent()),
  )
  add(
    'Agent of 1 connection',
    byRequest(BODY, () => new Agent({ connections: 1 })),
  )
  add(
    'fetch Agent of 1 connection',
    byUndiciFetch(BODY, () => new Agent({ connections: 1 })),
  )
  add(
    'Pool',
    byRequest(BODY, base => new Pool(new URL(base).origin)),
  )
  if (RetryAgent)
    add(
      'RetryAgent',
      byRequest(BODY, () => new RetryAgent(new Agent())),
    )
  if (EnvHttpProxyAgent)
    add(
      'EnvHttpProxyAgent',
      byRequest(BODY, () => new EnvHttpProxyAgent()),
    )
  if (process.env.PROXY)
    add(
      'ProxyAgent',
      byRequest(BODY, () => new ProxyAgent(process.env.PROXY)),
    )
  if (interceptors?.retry)
    add(
      'interceptors',
      byRequest(BODY, () => new Agent().compose(interceptors.retry())),
    )
  add(
    'http2',
    byRequest(BODY, () => new Agent({ allowH2: true })),
  )
  add(
    'fetch http2',
    byUndiciFetch(STREAM_BODY, () => new Agent({ allowH2: true })),
  )
}

const { default: axios } = await load('axios')
clients['axios 1'] = async base =>
  (await axios.post(base + PATH, CHAT, { headers: HEADERS })).data.choices[0].message.content
clients['axios 1 fetch'] = async base =>
  (await axios.post(base + PATH, CHAT, { headers: HEADERS, adapter: 'fetch' })).data.choices[0].message.content
clients['axios 1 http2'] = async base =>
  (await axios.post(base + PATH, CHAT, { headers: HEADERS, httpVersion: 2 })).data.choices[0].message.content
const { default: axios0 } = await load('axios0')
clients['axios 0.27'] = async base =>
  (await axios0.post(base + PATH, CHAT, { headers: HEADERS })).data.choices[0].message.content

for (const [version, leastNode] of [
  [11, 20],
  [14, 20],
  [16, 22],
]) {
  const got = (await load(`got${version}`, leastNode))?.default
  if (got === undefined) continue
  clients[`got ${version}`] = async base => textOf((await got.post(base + PATH, { headers: HEADERS, body: BODY })).body)
  clients[`got ${version} http2`] = async base =>
    textOf((await got.post(base + PATH, { headers: HEADERS, body: BODY, http2: true })).body)
}

for (const version of [2, 3]) {
  const { default: nodeFetch } = await load(`node-fetch${version}`)
  clients[`node-fetch ${version}`] = byFetch(nodeFetch, BODY)
  clients[`node-fetch ${version} stream`] = byFetch(nodeFetch, STREAM_BODY)
}

const { default: superagent } = await load('superagent')
clients.superagent = async base =>
  (
    await superagent
      .post(base + PATH)
      .set(HEADERS)
      .send(CHAT)
  ).body.choices[0].message.content
clients['superagent http2'] = async base =>
  (
    await superagent
      .post(base + PATH)
      .http2()
      .set(HEADERS)
      .send(CHAT)
  ).body.choices[0].message.content
const { default: ky } = await load('ky')
clients.ky = async base => textOf(await ky.post(base + PATH, { headers: HEADERS, body: BODY, retry: 0 }).text())
const { ofetch } = await load('ofetch')
clients.ofetch = async base => (await ofetch(base + PATH, { ...POST, body: BODY })).choices[0].message.content
const { default: needle } = await load('needle')
clients.needle = async base =>
  (await needle('post', base + PATH, BODY, { headers: HEADERS })).body.choices[0].message.content

const { Configuration, OpenAIApi } = await load('openai3')
clients['openai 3'] = async base => {
  const api = new OpenAIApi(new Configuration({ apiKey: KEY, basePath: base }))
  return (await api.createChatCompletion(CHAT)).data.choices[0].message.content
}
for (const [version, leastNode] of [
  [4, 20],
  [5, 20],
  [6, 20],
  [7, 22],
]) {
  const module = await load(`openai${version}`, leastNode)
  if (module === undefined) continue
  for (const [kind, ask] of Object.entries(sdk(module.default))) clients[`openai ${version} ${kind}`] = ask
}

const { AzureKeyCredential, OpenAIClient } = await load('@azure/openai')
clients['@azure/openai'] = async base => {
  const client = new OpenAIClient(base, new AzureKeyCredential(KEY), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
  return (await client.getChatCompletions(MODEL, MESSAGES)).choices[0].message.content
}
