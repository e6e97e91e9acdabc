import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import type { Span } from '../lib/local/receiver/spans'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { tapeText } from '../lib/local/tapes/tape-text'
import { readerFor } from '../lib/openai/readers'
import { GENERIC, resourceReader } from '../lib/openai/readers/resources'
import { createHosts } from '../lib/openai/recognise/hosts'
import { type Match, match } from '../lib/openai/recognise/match'
import { ROUTES } from '../lib/openai/recognise/routes'
import { FACTS } from './coverage-facts'
import { startWorld, type World } from './world'

/**
 * Nothing of the API is left to chance: every operation of the route table has a tape, every family a reader that
 * somebody decided on, and what was written from the documentation is replayed and read off the spans.
 */

const words = (text: string): string[] => text.split(' ')

/** Operations without a tape, and why. */
const UNTAPED: Readonly<Record<string, string>> = {
  connectRealtime: 'a WebSocket handshake has no body, and its answer is 101: recognition.test.ts',
  connectResponses: 'a WebSocket handshake has no body, and its answer is 101: recognition.test.ts',
  connectRealtimeTranslation: 'a WebSocket handshake',
  connectLiveSession: 'a WebSocket handshake',
  attachLiveSession: 'a WebSocket handshake',
  connectLiveSessionFork: 'a WebSocket handshake',
}

/** Families that take code of their own to read. */
const OWN = words(
  'chat.completions completions responses embeddings moderations images audio.speech audio.transcriptions ' +
    'audio.translations models assistants threads threads.messages threads.runs threads.runs.steps conversations ' +
    'conversations.items edits agents.sessions agents.sessions.events decisions',
)

/** Families that a list of names describes. */
const RESOURCES = words(
  'audio.voices realtime.calls realtime.client_secrets realtime.sessions realtime.transcription_sessions ' +
    'realtime.translations.client_secrets videos videos.characters files uploads batches fine_tuning.jobs ' +
    'fine_tuning.checkpoints fine_tuning.graders vector_stores vector_stores.files vector_stores.file_batches ' +
    'chatkit.sessions chatkit.threads containers containers.files content_provenance_checks evals evals.runs ' +
    'evals.runs.output_items skills skills.versions fine-tunes engines answers classifications assistants.files ' +
    'threads.messages.files organization.admin_api_keys organization.certificates organization.data_retention ' +
    'organization.groups organization.invites organization.projects organization.projects.api_keys ' +
    'organization.projects.archive organization.projects.certificates organization.projects.data_retention ' +
    'organization.projects.groups organization.projects.hosted_tool_permissions ' +
    'organization.projects.model_permissions organization.projects.rate_limits ' +
    'organization.projects.service_accounts organization.projects.spend_alerts organization.projects.spend_limit ' +
    'organization.projects.users organization.roles organization.spend_alerts organization.spend_limit ' +
    'organization.users projects.groups.roles projects.roles projects.users.roles agents agents.automations ' +
    'agents.automations.invocations agents.environments agents.environments.files agents.environments.templates ' +
    'agents.sessions.turns agents.sessions.subagents agents.sessions.artifacts vaults vaults.credentials ' +
    'webhook_endpoints live.sessions safety.alerts safety.cases organization.external_keys ' +
    'organization.external_storage organization.projects.service_tier_settings ' +
    'organization.workload_identity_providers',
)

/** Families of which what every object of the API says of itself is enough, and why. */
const GENERICS: Readonly<Record<string, string>> = {
  realtime: 'a WebSocket: what goes over it is not HTTP',
  'realtime.translations': 'a WebSocket: what goes over it is not HTTP',
  'agents.sessions.items': 'pages: how many items is all that is the call’s',
  'agents.sessions.traces': 'pages of OpenTelemetry’s own',
  'organization.audit_logs': 'pages of a report: how many entries is all that is the call’s',
  'organization.costs': 'pages of a report: amounts are of other calls',
  'organization.usage': 'pages of a report: tokens are of other calls',
}

/** OpenAI's error classes by status. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'PermissionDeniedError'],
  [404, 'NotFoundError'],
  [409, 'ConflictError'],
  [422, 'UnprocessableEntityError'],
  [429, 'RateLimitError'],
  [500, 'InternalServerError'],
  [502, 'InternalServerError'],
  [503, 'InternalServerError'],
])

/** Keys that the API makes and tells once. */
const SECRETS = words(
  'sk-test-admin sk-test-svc ek_test_client_secret ek_test_session_secret ek_test_transcription_secret ' +
    'ek_test_translation_secret chatkit-test-secret env-test-secret vault-test-token vault-test-secret ' +
    'signing-test-secret hook-test-path user-hash-test',
)
const REDACTED = words('sk-admin...xyz sk-abc...def')
/** People, by name and address. */
const PEOPLE = ['First Last', 'Jo Doe', 'user@example.com', 'anotheruser@example.com', 'finance@example.com']
/** The beginnings of a picture, a sound, an archive, a certificate and a reasoning that is nobody's to read. */
const BYTES = words('iVBORw0KGgo UklGRiQ UEsDBAo MIIB gAAAAABtest')
const KEY = '<not-a-real-key>'

const hosts = createHosts(readConfig({}))

function matched(tape: Tape): Match | undefined {
  const { origin, pathname, search } = new URL(tape.request.url)
  const place = hosts.find(origin, pathname + search)
  return place && match(tape.request.method, place.operationPath, place.query)
}

const tapes = loadTapes()
const written = tapes.filter(({ name }) => name.startsWith('doc-'))

const table = suite('the route table')

table('every operation has a tape', () => {
  const taped = new Set(tapes.map(tape => matched(tape)?.route))
  const missing = ROUTES.filter(route => !taped.has(route) && !(route.id in UNTAPED))
  assert.equal(
    missing.map(({ id, method, path, query = '' }) => `${id}: ${method} ${path} ${query}`.trim()),
    [],
  )
})

table('no operation is excused that has a tape, or that is not there', () => {
  for (const id of Object.keys(UNTAPED)) {
    const route = ROUTES.find(each => each.id === id)
    assert.is(route?.streams, 'websocket', id)
    assert.not.ok(
      tapes.some(tape => matched(tape)?.route === route),
      id,
    )
  }
})

table('every family has a reader that somebody decided on', () => {
  const decisions = [...OWN, ...RESOURCES, ...Object.keys(GENERICS)]
  assert.equal(decisions.sort(), [...new Set(ROUTES.map(({ family }) => family))].sort())
})

table('the readers are as decided', () => {
  const decided = (family: string): string =>
    OWN.includes(family) ? 'own' : RESOURCES.includes(family) ? 'resource' : 'generic'
  for (const { family, id } of ROUTES) {
    const reader = readerFor(family, id)
    const kind = reader === GENERIC ? 'generic' : reader === resourceReader(family) ? 'resource' : 'own'
    assert.is(kind, decided(family), `${family}: ${id}`)
  }
})

table('what was written from the documentation says so, and names an operation', () => {
  for (const tape of written) {
    assert.match(tape.source, /^written from (?:the API's documented shapes|the types of the SDK)/, tape.name)
    assert.ok(matched(tape), tape.name)
  }
})

table.run()

const spans = suite<{ world: World; byId: Map<string | undefined, Span> }>('spans of the documented shapes')

/** All tapes are replayed at once: a span is known by its request id. */
spans.before(async context => {
  context.world = await startWorld({ spanCharLimit: 2000, logsEnabled: true, logSampleRate: 1 })
  for (const tape of written) await replay(context.world, tape)
  const arrived = await context.world.spans()
  context.byId = new Map(arrived.map(span => [span.meta['openai.request.id'], span]))
  assert.is(arrived.length, written.length)
})
spans.after(({ world }) => world.stop())

async function replay(world: World, tape: Tape): Promise<void> {
  const { pathname, search } = new URL(tape.request.url)
  const body = requestBytes(tape)
  const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
    method: tape.request.method,
    headers: { ...tape.request.headers, authorization: `Bearer ${KEY}`, 'x-tape': tape.name },
    ...(body.length > 0 ? { body } : {}),
  })
  await response.arrayBuffer()
}

function spanOf(byId: Map<string | undefined, Span>, tape: Tape): Span {
  const span = byId.get(tape.response.headers['x-request-id'])
  if (span === undefined) throw new Error(`no span of ${tape.name}`)
  return span
}

for (const tape of written) {
  spans(tape.name, ({ byId }) => {
    const span = spanOf(byId, tape)
    const { status } = tape.response
    const found = matched(tape)
    assert.is(span.resource, found?.route.id)
    assert.is(span.meta['openai.request.endpoint'], found?.endpoint)
    assert.is(span.meta['openai.request.method'], tape.request.method)
    assert.is(Number(span.metrics['http.status_code'] ?? span.meta['http.status_code']), status)
    if (status >= 400) {
      assert.is(span.error, 1)
      assert.is(span.meta['error.type'], CLASSES.get(status))
    }
    const wrong = Object.entries(FACTS[tape.name.replace('doc-', '')] ?? {}).filter(
      ([tag, value]) => (typeof value === 'number' ? span.metrics : span.meta)[`openai.${tag}`] !== value,
    )
    assert.equal(wrong, [])
  })
}

spans('facts are asserted of every family, and only of tapes that are there', () => {
  const names = new Map(written.map(tape => [tape.name.replace('doc-', ''), matched(tape)?.route]))
  const routes = Object.keys(FACTS).map(name => names.get(name))
  assert.not.ok(routes.includes(undefined))
  const families = new Set(routes.map(route => route?.family))
  assert.equal(
    [...new Set([...names.values()].map(route => route?.family))].filter(family => !families.has(family)),
    [],
  )
  const operations = new Set(routes.map(route => route?.id)).size
  assert.ok(operations >= 60, `${operations} operations`)
})

spans('only failures are errors: of the call, or of the answer that it waited for', ({ byId }) => {
  const failed = written.filter(tape => tape.response.status < 400 && spanOf(byId, tape).error === 1)
  assert.equal(
    failed.map(({ name }) => name),
    words(
      'doc-create-response-stream-error doc-create-response-stream-failed doc-get-response-failed doc-get-run-failed ' +
        'doc-stream-agent-session-events-failed',
    ),
  )
})

spans('no key that the API made, nor anybody’s name, leaves the process', ({ world, byId }) => {
  const { datadog } = world
  const everything = JSON.stringify([
    [...byId.values()].map(({ meta, metrics }) => ({ meta, metrics })),
    datadog.dogstatsd.datagrams,
    datadog.intake.entries(),
  ])
  assert.ok(datadog.intake.entries().length > 300 && datadog.dogstatsd.datagrams.length > 0)
  const inTapes = written.map(tapeText).join('')
  for (const text of [...SECRETS, ...REDACTED, ...PEOPLE]) {
    assert.ok(inTapes.includes(text), `${text} is in no tape`)
    assert.not.ok(everything.includes(text), `${text} has left`)
  }
  assert.not.ok(everything.includes(KEY))
})

spans('no bytes of a file, and nothing encrypted, are on a span', ({ byId }) => {
  const tags = JSON.stringify([...byId.values()].map(({ meta }) => meta))
  const inTapes = written.map(tapeText).join('')
  for (const beginning of BYTES) {
    assert.ok(inTapes.includes(beginning), `${beginning} is in no tape`)
    assert.not.ok(tags.includes(beginning), beginning)
  }
})

spans.run()
