import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createHosts } from '../lib/openai/recognise/hosts'
import { isOperation, match, templateOf } from '../lib/openai/recognise/match'
import { ROUTES, type Route } from '../lib/openai/recognise/routes'
import { AZURE, GATEWAY } from './recognised'

const nameOf = (segment: string): string => segment.slice(1, -1)

/** The route's path, each parameter given by what `fill` makes of its name. */
function filled(route: Route, fill: (name: string) => string): string {
  return route.path.replace(/\{.*?\}/g, parameter => fill(nameOf(parameter)))
}

const table = suite('the route table')

table('has every operation of the API description, and the legacy ones', () => {
  assert.is(ROUTES.filter(route => !route.legacy && !route.newest).length, 288)
  assert.is(ROUTES.filter(route => route.legacy).length, 24)
  const keys = ROUTES.map(({ method, path, query = '' }) => `${method} ${path}?${query}`)
  assert.is(new Set(keys).size, keys.length, 'no two rows mean the same request')
})

table('says where streams are asked for and where models are named', () => {
  const current = ROUTES.filter(route => !route.legacy && !route.newest)
  assert.is(current.filter(({ streams }) => streams !== 'never').length, 13)
  assert.is(current.filter(({ model }) => model === 'body').length, 26)
  assert.is(current.filter(({ model }) => model === 'path').length, 5)
  for (const { path, model, modelField } of ROUTES.filter(route => route.model === 'path')) {
    assert.ok(path.includes(`{${modelField}}`), `${path} has its model in ${modelField} (${model})`)
  }
})

table('gives each row back for its own path', () => {
  for (const route of ROUTES) {
    const found = match(
      route.method,
      filled(route, name => `${name}-1`),
      route.query,
    )
    assert.ok(found, `${route.method} ${route.path}`)
    assert.is(found.route, route)
    assert.is(found.endpoint, `/v1${route.path.replace(/\{.*?\}/g, '*')}`)
    const names = [...route.path.matchAll(/\{(.*?)\}/g)].map(([, name = '']) => name)
    assert.equal(
      [...found.params],
      names.map(name => [name, `${name}-1`]),
    )
  }
})

table('gives any id back as it was, whatever is in it', () => {
  const id = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map(text => `~${text}`)
  fc.assert(
    fc.property(fc.constantFrom(...ROUTES), fc.array(id, { minLength: 3, maxLength: 3 }), (route, ids) => {
      const names = [...route.path.matchAll(/\{(.*?)\}/g)].map(([, name = '']) => name)
      const found = match(
        route.method,
        filled(route, name => encodeURIComponent(ids[names.indexOf(name)] ?? '')),
        route.query,
      )
      assert.ok(found)
      assert.is(found.route, route)
      assert.equal([...found.params.values()], ids.slice(0, names.length))
    }),
  )
})
table.run()

const choice = suite('which operation')

const MEANINGS: readonly [request: string, id: string | undefined, params?: Record<string, string>][] = [
  // a literal before a parameter
  ['POST /organization/certificates/activate', 'activateOrganizationCertificates'],
  ['POST /organization/certificates/deactivate', 'deactivateOrganizationCertificates'],
  ['POST /organization/certificates/cert_1', 'modifyCertificate'],
  ['POST /threads/runs', 'createThreadAndRun'],
  ['POST /threads/thread_1', 'modifyThread'],
  ['GET /videos/characters/content', 'GetVideoCharacter', { character_id: 'content' }],
  ['GET /videos/video_1/content', 'RetrieveVideoContent'],
  // a literal of another method hides nothing
  ['GET /organization/certificates/activate', 'getCertificate', { certificate_id: 'activate' }],
  ['DELETE /organization/certificates/deactivate', 'deleteCertificate'],
  ['GET /threads/runs', 'getThread', { thread_id: 'runs' }],
  ['DELETE /threads/runs', 'deleteThread'],
  ['GET /videos/characters', 'GetVideo'],
  ['DELETE /videos/edits', 'DeleteVideo', { video_id: 'edits' }],
  ['GET /videos/extensions', 'GetVideo'],
  ['GET /responses/input_tokens', 'getResponse', { response_id: 'input_tokens' }],
  ['DELETE /responses/compact', 'deleteResponse'],
  // the query refines
  ['POST /responses?beta=true', 'beta_createResponse'],
  ['POST /responses?x=1&beta=true#beta', 'beta_createResponse'],
  ['POST /responses?beta=false', 'createResponse'],
  ['POST /responses#?beta=true', 'createResponse'],
  ['GET /responses/resp_1?stream=true&beta=true', 'beta_getResponse', { response_id: 'resp_1' }],
  ['DELETE /responses/resp_1?beta=true', 'beta_deleteResponse'],
  ['POST /responses/resp_1/cancel?beta=true', 'beta_cancelResponse'],
  ['POST /responses/compact?beta=true', 'beta_Compactconversation'],
  ['GET /responses/resp_1/input_items?beta=true', 'beta_listInputItems'],
  ['POST /responses/input_tokens?beta=true', 'beta_Getinputtokencounts'],
  ['GET /files?beta=true', 'listFiles'],
  // names of models keep their slashes and colons
  ['GET /models/ft:gpt-4o:org::id', 'retrieveModel', { model: 'ft:gpt-4o:org::id' }],
  ['GET /models/meta-llama/Llama-3', 'retrieveModel', { model: 'meta-llama/Llama-3' }],
  ['GET /models/meta-llama%2FLlama-3', 'retrieveModel', { model: 'meta-llama/Llama-3' }],
  ['DELETE /models/accounts/a/models/m', 'deleteModel', { model: 'accounts/a/models/m' }],
  ['POST /models/gpt-4', undefined],
  [
    'GET /fine_tuning/checkpoints/ft:a/b:c/permissions',
    'listFineTuningCheckpointPermissions',
    { fine_tuned_model_checkpoint: 'ft:a/b:c' },
  ],
  [
    'DELETE /fine_tuning/checkpoints/ft:a/permissions/b/permissions/cp_1',
    'deleteFineTuningCheckpointPermission',
    { fine_tuned_model_checkpoint: 'ft:a/permissions/b', permission_id: 'cp_1' },
  ],
  ['DELETE /fine_tuning/checkpoints/a/b/permissions', 'deleteFineTuningCheckpointPermission'],
  ['POST /engines/org/model/chat/completions', 'createChatCompletion', { engine_id: 'org/model' }],
  ['POST /engines/davinci/completions', 'createCompletion', { engine_id: 'davinci' }],
  // awkward spellings
  ['GET //files///file-1/', 'retrieveFile', { file_id: 'file-1' }],
  ['GET /files/file-1/content/?x=/files', 'downloadFile'],
  ['GET /files/a%2Fb%3Fc%23d', 'retrieveFile', { file_id: 'a/b?c#d' }],
  ['GET /files/100%', 'retrieveFile', { file_id: '100%' }],
  ['GET /files/%E0%A4%A', 'retrieveFile', { file_id: '%E0%A4%A' }],
  ['POST /chat/completion%73', 'createChatCompletion'],
  ['POST /chat%2Fcompletions', undefined],
  ['post /completions', 'createCompletion'],
  ['GET files', 'listFiles'],
  ['GET /files/__proto__', 'retrieveFile', { file_id: '__proto__' }],
  ['GET /constructor', undefined],
  // what no row has
  ['HEAD /models', undefined],
  ['OPTIONS /chat/completions', undefined],
  ['GET /', undefined],
  ['GET ', undefined],
  ['GET /files/a/b', undefined],
]

for (const [request, id, params] of MEANINGS) {
  choice(`${request} is ${id ?? 'none'}`, () => {
    const space = request.indexOf(' ')
    const found = match(request.slice(0, space), request.slice(space + 1))
    assert.is(found?.route.id, id)
    if (params !== undefined) assert.equal(Object.fromEntries(found?.params ?? []), params)
  })
}

choice('knows a path by any of its methods', () => {
  assert.ok(isOperation('/uploads/upload_1/parts'))
  assert.ok(isOperation('/models/org/model'))
  assert.not(isOperation('/v1/chat/completions'))
})
choice.run()

const templates = suite('templates of unknown paths')

for (const [path, template] of [
  ['/widgets', '/v1/widgets'],
  ['/widgets/wid_8f3Ab/parts', '/v1/widgets/*/parts'],
  ['//widgets//12/?secret=1#x', '/v1/widgets/*'],
  ['/widgets/Customer/long-words-are-not-words-of-an-api', '/v1/widgets/*/*'],
  ['/audio/v2/content_provenance_checks', '/v1/audio/v2/content_provenance_checks'],
  ['/a/b/c/d/e/f/g/h/i/j', '/v1/a/b/c/d/e/f/g/h/*'],
  ['/files/%E0%A4%A/x', '/v1/files/*/x'],
  ['', '/v1'],
] as const) {
  templates(`${path || 'nothing'} becomes ${template}`, () => assert.is(templateOf(path, true), template))
}
templates.run()

const hostile = suite('hostile input')
const KNOWN = {
  hosts: ['gw.example.com', 'gw.example.com/a/*'],
  openaiBaseUrl: undefined,
  azureEndpoint: `${GATEWAY}/b`,
}
const ORIGINS = ['https://api.openai.com', AZURE, GATEWAY]

hostile('never throws, and says an endpoint of bounded length', () => {
  const hosts = createHosts(KNOWN)
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '//', 'openai', 'v1', '%', '?', '#', ':'))
  const text = fc.array(part, { maxLength: 12 }).map(parts => parts.join(''))
  const origin = fc.oneof(
    text,
    fc.constantFrom(...ORIGINS),
    text.map(each => `https://${each}@api.openai.com:${each}`),
  )
  fc.assert(
    fc.property(origin, text, text, (from, path, method) => {
      const place = hosts.find(from, path)
      match(method, path)
      if (place === undefined) return
      assert.ok(place.operationPath.startsWith('/'))
      const found = match('GET', place.operationPath, place.query)
      assert.ok((found?.endpoint ?? templateOf(place.operationPath, place.isUnderV1)).length < 300)
    }),
  )
})

hostile('takes a path of a megabyte', () => {
  const hosts = createHosts(KNOWN)
  for (const unit of ['/', '/a', '/openai', '/openai/deployments', '%', '-a', ':submit', '/v1/models', '?', '@']) {
    const path = unit.repeat(1_000_000 / unit.length)
    for (const origin of ORIGINS) {
      const place = hosts.find(origin, path)
      assert.ok(place === undefined || templateOf(place.operationPath, place.isUnderV1).length < 300)
      for (const method of ['GET', 'POST', 'DELETE']) match(method, `/models/${path}`)
    }
    hosts.find(path, '/')
  }
})
hostile.run()
