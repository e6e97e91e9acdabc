import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createHosts } from '../lib/openai/recognise/hosts'
import { match } from '../lib/openai/recognise/match'

/** A POST as it is recognised: operation, base, provider or `azure`, deployment. */
function seen(url: string, hosts: string[] = []): string | undefined {
  const { origin, pathname, search } = new URL(url)
  const known = createHosts({ hosts, openaiBaseUrl: undefined, azureEndpoint: undefined }, line =>
    assert.unreachable(line),
  )
  const place = known.find(origin, pathname + search)
  if (place === undefined) return undefined
  const { base, type, provider = type } = place.api
  const operation = match('POST', place.operationPath)?.route.id ?? place.operationPath
  return [operation, base.replace(origin, ''), provider, place.deployment].filter(part => part !== undefined).join(' ')
}

const builtin = suite('hosts that the SDK itself ships')

builtin("OpenAI's regions and its mTLS door", () => {
  for (const region of ['us', 'eu', 'au', 'jp', 'in', 'ae', 'mtls', 'gb']) {
    assert.is(seen(`https://${region}.api.openai.com/v1/responses`), 'createResponse /v1 open_ai', region)
  }
  assert.is(seen('https://auth.openai.com/oauth/token'), undefined)
})

builtin("Bedrock's OpenAI-compatible endpoints, in every partition", () => {
  for (const host of [
    'bedrock-mantle.us-east-1.api.aws',
    'bedrock-runtime.eu-central-1.amazonaws.com',
    'bedrock-runtime.eu-central-1.api.aws',
    'bedrock-runtime-fips.us-gov-west-1.amazonaws.com',
    'bedrock-runtime.cn-north-1.amazonaws.com.cn',
    'bedrock-runtime.eusc-de-east-1.amazonaws.eu',
  ]) {
    assert.is(seen(`https://${host}/openai/v1/responses`), 'createResponse /openai/v1 bedrock', host)
    assert.is(seen(`https://${host}/openai/v1/chat/completions`), 'createChatCompletion /openai/v1 bedrock', host)
  }
})

builtin("Vertex's, by region and by publisher", () => {
  const root = '/v1/projects/shop/locations/global'
  assert.is(
    seen(`https://aiplatform.googleapis.com${root}/publishers/openai/v1/responses`),
    `createResponse ${root}/publishers/openai/v1 vertex`,
  )
  assert.is(
    seen(`https://europe-west4-aiplatform.googleapis.com${root}/endpoints/openapi/chat/completions`),
    `createChatCompletion ${root}/endpoints/openapi vertex`,
  )
  assert.is(
    seen(`https://aiplatform.eu.rep.googleapis.com${root}/endpoints/openapi/chat/completions`),
    `createChatCompletion ${root}/endpoints/openapi vertex`,
  )
})

builtin(
  'what AWS and Google answer there in their own languages is not ours, nor are hosts that only look like theirs',
  () => {
    for (const url of [
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude/converse',
      'https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages',
      'https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/openai/v1/responses',
      'https://evil-bedrock-runtime.us-east-1.amazonaws.com/openai/v1/responses',
      'https://s3.us-east-1.amazonaws.com/openai/v1/responses',
      'https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini:generateContent',
      'https://aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/1:predict',
      'https://storage.googleapis.com/publishers/openai/v1/responses',
      'https://api.openai.com.evil.example/v1/responses',
    ]) {
      assert.is(seen(url), undefined, url)
    }
  },
)

builtin.run()

const deployments = suite('deployments behind gateways')

deployments('API Management takes /openai out of the path', () => {
  const apim = (path: string) => seen(`https://apim.corp.example${path}?api-version=2024-10-21`, ['apim.corp.example'])
  assert.is(apim('/ai/deployments/gpt-4o/chat/completions'), 'createChatCompletion /ai/ azure gpt-4o')
  assert.is(apim('/deployments/my%20gpt/embeddings'), 'createEmbedding / azure my gpt')
  assert.is(apim('/a/b/openai/deployments/gpt-4o/chat/completions'), 'createChatCompletion /a/b/ azure gpt-4o')
})

deployments("Cloudflare's gateway names resource and deployment", () => {
  const path = '/v1/account/gateway/azure-openai/harbour/gpt-4o/chat/completions?api-version=2024-10-21'
  assert.is(
    seen(`https://gateway.ai.cloudflare.com${path}`, ['gateway.ai.cloudflare.com']),
    'createChatCompletion /v1/account/gateway/ azure gpt-4o',
  )
})

deployments('a path that only has the word is none', () => {
  const at = (path: string) => seen(`https://ci.corp.example${path}`, ['ci.corp.example'])
  assert.not.match(at('/deployments/blue/status') ?? '', /azure/)
})

deployments.run()
