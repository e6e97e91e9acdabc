import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createHosts } from '../lib/openai/recognise/hosts'
import { AZURE, GATEWAY, OPENAI, seen } from './recognised'

const builtin = suite('hosts known unasked')

for (const [request, expected] of [
  ['POST https://api.openai.com/v1/chat/completions', { op: 'createChatCompletion', base: OPENAI }],
  ['POST HTTPS://API.OpenAI.com:443/v1/chat/completions?x=1', { op: 'createChatCompletion', base: OPENAI }],
  ['POST https://user:p@api.openai.com//v1//embeddings/#f', { op: 'createEmbedding', base: OPENAI }],
  ['GET https://api.openai.com./v1/models/a%2Fb', { op: 'retrieveModel', base: OPENAI }],
  ['POST https://eu.api.openai.com/v1/responses', { op: 'createResponse', base: 'https://eu.api.openai.com/v1' }],
  ['GET wss://api.openai.com/v1/realtime?model=m', { op: 'connectRealtime', base: OPENAI }],
  ['POST http://api.openai.com:8080/v1/edits', { op: 'createEdit', base: 'http://api.openai.com:8080/v1' }],
  ['POST https://api.openai.com/chat/completions', { op: 'createChatCompletion', base: 'https://api.openai.com' }],
  ['POST https://api.openai.com/v1/novelties/nov_1/start', { op: 'POST /v1/novelties/*/start', base: OPENAI }],
  ['GET https://api.openai.com/v1', { op: 'GET /v1', base: OPENAI }],
  ['HEAD https://api.openai.com/v1/models', { op: 'HEAD /v1/models', base: OPENAI }],
] as const) {
  builtin(request, () => assert.equal(seen(request), expected))
}

for (const [form, request, expected] of [
  [
    'deployment',
    `POST ${AZURE}//openai/deployments/my%2Fgpt/chat/completions?api-version=2024-10-21`,
    { op: 'createChatCompletion', base: `${AZURE}/`, version: '2024-10-21', deployment: 'my/gpt' },
  ],
  [
    'resource',
    `GET ${AZURE}/openai/files/file-1?api-version=2024-10-21`,
    { op: 'retrieveFile', base: `${AZURE}/`, version: '2024-10-21' },
  ],
  ['v1', `POST ${AZURE}/openai/v1/responses`, { op: 'createResponse', base: `${AZURE}/` }],
  [
    'model inference',
    'POST https://x.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview',
    { op: 'createChatCompletion', base: 'https://x.services.ai.azure.com/', version: '2024-05-01-preview' },
  ],
  [
    'realtime',
    `GET ${AZURE.replace('https', 'wss')}/openai/realtime?api-version=v&deployment=rt`,
    { op: 'connectRealtime', base: `${AZURE}/`, version: 'v', deployment: 'rt' },
  ],
  [
    'legacy images',
    `POST ${AZURE}/openai/images/generations:submit?api-version=v`,
    { op: 'createImage', base: `${AZURE}/`, version: 'v' },
  ],
  [
    'extensions',
    `POST ${AZURE}/openai/deployments/d/extensions/chat/completions?api-version=v`,
    { op: 'createChatCompletion', base: `${AZURE}/`, version: 'v', deployment: 'd' },
  ],
  [
    'an operation without a row',
    `GET ${AZURE}/openai/operations/images/0f-12?api-version=v`,
    { op: 'GET /operations/images/*', base: `${AZURE}/`, version: 'v' },
  ],
  ['no form at all', `POST ${AZURE}/chat/completions`, { op: 'createChatCompletion', base: `${AZURE}/` }],
  [
    'API management, with a prefix',
    'POST https://x.azure-api.net/team/openai/deployments/d/embeddings',
    { op: 'createEmbedding', base: 'https://x.azure-api.net/team/', deployment: 'd' },
  ],
  [
    'a sovereign cloud',
    'POST https://x.openai.azure.us/openai/deployments/d/embeddings',
    { op: 'createEmbedding', base: 'https://x.openai.azure.us/', deployment: 'd' },
  ],
] as const) {
  builtin(`Azure: ${form}`, () => assert.equal(seen(request), { ...expected, azure: true }))
}

for (const origin of [
  'https://example.com',
  'https://openai.com',
  'https://api.openai.com.evil.com',
  'https://evilapi.openai.com',
  'https://api-openai.com',
  'https://api.openai.com@evil.com',
  'https://api.openai.com:443@evil.com',
  'https://notopenai.azure.com',
  'https://x.openai.azure.com.evil',
  'https://x.openai.azure.com.evil.com',
  'https://evilazure-api.net',
  'http://localhost:11434',
  'https://openrouter.ai',
  'https://api.groq.com',
]) {
  builtin(`${origin} is not ours`, () => assert.is(seen(`POST ${origin}/openai/v1/chat/completions`), undefined))
}

builtin('other services under Azure’s shared hosts are not ours', () => {
  assert.is(seen('POST https://x.cognitiveservices.azure.com/vision/v3.2/analyze'), undefined)
  assert.is(seen('GET https://x.services.ai.azure.com/api/projects/p'), undefined)
  assert.is(seen('GET https://x.azure-api.net/orders/1'), undefined)
  assert.ok(seen('GET https://x.azure-api.net/orders/1', { hosts: ['x.azure-api.net'] }))
  assert.ok(seen('POST https://x.cognitiveservices.azure.com/openai/deployments/d/embeddings'))
})
builtin.run()

const compatible = suite('compatible servers')

/** Each server's base URL, and the name that a call gets. */
const SERVERS: readonly [base: string, provider: string | undefined][] = [
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.groq.com/openai/v1', 'groq'],
  ['https://api.together.xyz/v1', 'together'],
  ['https://api.fireworks.ai/inference/v1', 'fireworks'],
  ['https://api.deepseek.com', 'deepseek'],
  ['https://api.deepseek.com/v1', 'deepseek'],
  ['https://api.mistral.ai/v1', 'mistral'],
  ['https://api.x.ai/v1', 'xai'],
  ['https://api.perplexity.ai', 'perplexity'],
  ['https://api.cerebras.ai/v1', 'cerebras'],
  ['https://generativelanguage.googleapis.com/v1beta/openai', 'google'],
  ['https://api.anthropic.com/v1', 'anthropic'],
  ['https://gateway.ai.cloudflare.com/v1/acc0/gate/compat', 'cloudflare-gateway'],
  ['https://gateway.ai.cloudflare.com/v1/acc0/gate/openai', 'cloudflare-gateway'],
  ['https://gateway.ai.cloudflare.com/v1/acc0/gate/workers-ai/v1', 'cloudflare-gateway'],
  ['https://api.cloudflare.com/client/v4/accounts/acc0/ai/v1', 'cloudflare-workers-ai'],
  ['http://localhost:11434/v1', 'ollama'],
  ['http://127.0.0.1:11434/v1', 'ollama'],
  ['http://localhost:1234/v1', 'lmstudio'],
  ['http://localhost:8000/v1', undefined],
  ['http://localhost:8080/v1', undefined],
  ['http://localhost:4000', undefined],
  ['http://localhost:4000/v1', undefined],
  ['https://api.deepinfra.com/v1/openai', 'deepinfra'],
  ['https://ai-gateway.vercel.sh/v1', 'vercel-gateway'],
  ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope'],
  ['https://api.cohere.ai/compatibility/v1', 'cohere'],
  ['https://integrate.api.nvidia.com/v1', 'nvidia'],
  ['https://ark.cn-beijing.volces.com/api/v3', 'volcengine-ark'],
  ['https://api.z.ai/api/coding/paas/v4', 'zai'],
  ['https://eu.api.openai.com/v1', undefined],
]

for (const [base, provider] of SERVERS) {
  compatible(`${base}, configured in any way`, () => {
    const { host, hostname, origin } = new URL(base)
    for (const settings of [{ hosts: [hostname] }, { hosts: [host] }, { hosts: [origin] }, { openaiBaseUrl: base }]) {
      for (const [request, op] of [
        ['POST /chat/completions', 'createChatCompletion'],
        ['GET /models/org/model', 'retrieveModel'],
        ['GET /files/file-1?x=1', 'retrieveFile'],
      ] as const) {
        assert.equal(
          seen(request.replace(' ', ` ${base}`), settings),
          provider === undefined ? { op, base } : { op, base, provider },
          JSON.stringify(settings),
        )
      }
    }
  })
}

for (const [what, request, hosts, expected] of [
  [
    'an unknown prefix before an inference operation',
    'POST /team/a/responses/',
    ['gw.example.com'],
    ['createResponse', '/team/a'],
  ],
  [
    'the longest operation that the path ends with',
    'POST /x/chat/completions',
    ['gw.example.com'],
    ['createChatCompletion', '/x'],
  ],
  ['other operations not by their end', 'GET /team/files', ['gw.example.com'], ['GET /team/files', '']],
  [
    'an operation whose end is another’s path',
    'GET /v1/organization/usage/completions',
    ['gw.example.com'],
    ['usage-completions', '/v1'],
  ],
  ['a path that is none', 'GET /health/7', ['gw.example.com'], ['GET /health/*', '']],
  ['LiteLLM’s engines', 'POST /engines/m/chat/completions', ['gw.example.com'], ['createChatCompletion', '']],
  ['a configured prefix', 'POST /llm/chat/completions', ['gw.example.com/llm/'], ['createChatCompletion', '/llm']],
  ['/v1 after a configured prefix', 'POST /llm/v1/files', ['gw.example.com/llm'], ['createFile', '/llm/v1']],
  ['the longest of the prefixes', 'POST /a/b/new', ['gw.example.com/a', 'gw.example.com/a/b'], ['POST /new', '/a/b']],
  ['an endpoint of its own, as it is asked for', 'POST /api/chat', ['gw.example.com'], ['POST /api/chat', '']],
  ['one under /v1 with it', 'POST /llm/v1/new', ['gw.example.com/llm'], ['POST /v1/new', '/llm/v1']],
  ['not what is beside the prefix', 'POST /llmx/chat/completions', ['gw.example.com/llm'], undefined],
] as const) {
  compatible(`a gateway: ${what}`, () => {
    const found = seen(request.replace(' ', ` ${GATEWAY}`), { hosts: [...hosts] })
    assert.equal(found, expected && { op: expected[0], base: `${GATEWAY}${expected[1]}` })
  })
}

compatible('Azure’s dialect at a gateway', () => {
  const azure = { base: `${GATEWAY}/`, azure: true, op: 'createChatCompletion' }
  const hosts = ['gw.example.com']
  assert.equal(seen(`POST ${GATEWAY}/openai/deployments/d/chat/completions`, { hosts }), { ...azure, deployment: 'd' })
  assert.equal(seen(`POST ${GATEWAY}/openai/chat/completions?api-version=v`, { hosts }), { ...azure, version: 'v' })
  assert.equal(seen(`POST ${GATEWAY}/openai/v1/chat/completions`, { hosts }), {
    op: 'createChatCompletion',
    base: `${GATEWAY}/openai/v1`,
  })
})
compatible.run()

const configured = suite('configured hosts')

for (const [entry, ours, notOurs] of [
  [
    'gw.example.com',
    ['https://gw.example.com', 'http://GW.example.com:81'],
    ['https://a.gw.example.com', 'https://gw.example.co'],
  ],
  ['GW.Example.com:8443', ['https://gw.example.com:8443', 'http://gw.example.com:8443'], ['https://gw.example.com']],
  ['gw.example.com:80', ['http://gw.example.com', 'http://gw.example.com:80'], ['https://gw.example.com']],
  ['gw.example.com:443', ['https://gw.example.com'], ['http://gw.example.com']],
  ['https://gw.example.com', ['https://gw.example.com:443'], ['http://gw.example.com', 'https://gw.example.com:444']],
  [
    'http://u:p@gw.example.com:81/',
    ['http://gw.example.com:81', 'http://u:p@gw.example.com:81'],
    ['http://gw.example.com'],
  ],
  ['[::1]:8080', ['http://[::1]:8080'], ['http://[::1]:8081', 'http://[::1]']],
  ['[::1]', ['http://[::1]:8081', 'http://[::1]'], ['http://[::2]']],
  ['my_service', ['http://my_service:9'], ['http://my-service:9']],
] as const) {
  configured(`${entry} means ${ours.join(', ')}, not ${notOurs.join(', ')}`, () => {
    for (const origin of ours) assert.ok(seen(`POST ${origin}/v1/embeddings`, { hosts: [entry] }), origin)
    for (const origin of notOurs) assert.not(seen(`POST ${origin}/v1/embeddings`, { hosts: [entry] }), origin)
  })
}

configured('base URL and Azure endpoint may be one host: the path tells', () => {
  const both = { openaiBaseUrl: 'http://127.0.0.1:9/v1', azureEndpoint: 'http://127.0.0.1:9', hosts: ['127.0.0.1:9'] }
  for (const settings of [both, { azureEndpoint: both.azureEndpoint, hosts: both.hosts }]) {
    assert.equal(seen('POST http://127.0.0.1:9/v1/completions', settings), {
      op: 'createCompletion',
      base: 'http://127.0.0.1:9/v1',
    })
  }
  assert.equal(seen('POST http://127.0.0.1:9/openai/deployments/d/completions?api-version=v', both), {
    op: 'createCompletion',
    base: 'http://127.0.0.1:9/',
    azure: true,
    version: 'v',
    deployment: 'd',
  })
})

configured('the api base never has userinfo or query', () => {
  const settings = { openaiBaseUrl: 'https://user:secret@gw.example.com/v1?key=secret' }
  assert.equal(seen('POST https://user:secret@gw.example.com/v1/embeddings?key=secret', settings), {
    op: 'createEmbedding',
    base: 'https://gw.example.com/v1',
  })
})

configured('a bad entry is said in one line, with a remedy, and the others go on', () => {
  const bad = ['ftp://a', 'a b', 'gw:99999', '::1', '*.example.com', 'https://', 'https://u:pw@*.a/?key=pw', ':80']
  const said: string[] = []
  const hosts = createHosts(
    { hosts: [...bad, 'gw.example.com'], openaiBaseUrl: 'mailto:a', azureEndpoint: 'file:///a' },
    line => said.push(line),
  )
  assert.is(said.length, bad.length + 2)
  assert.ok(said[0]?.startsWith('AZURE_OPENAI_ENDPOINT: "file:///a"'))
  assert.ok(said[1]?.startsWith('OPENAI_BASE_URL: "mailto:a"'))
  assert.ok(said[2]?.startsWith('INTERCEPTOR_HOSTS: "ftp://a"'))
  for (const line of said) {
    assert.match(line, /write https:\/\/gateway\.example\.com/)
    assert.not.match(line, /pw|\n/)
  }
  assert.ok(hosts.find('https://gw.example.com', '/v1/models'))
})
configured.run()
