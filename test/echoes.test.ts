import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withTags } from '../lib'
import { say } from '../lib/say'
import { startWorld, type World } from './world'

/** A credential that anybody echoes leaves by no door: each is put wherever a text of the wire reaches the record. */

const random = (seed: string): string => createHash('sha512').update(seed).digest('base64url').slice(0, 44)
const KEY = `sk-test-${random('own')}`
const PROXY_PASSWORD = 'Zq8k-pass-77x'
const OTHERS: Readonly<Record<string, string>> = {
  'ocp-apim-subscription-key': createHash('md5').update('apim').digest('hex'),
  'helicone-auth': `Bearer ${random('helicone')}`,
  'x-my-token': random('token'),
  cookie: `sid=${random('cookie')}; theme=dark`,
  'proxy-authorization': `Basic ${Buffer.from(`svc-user-77:${PROXY_PASSWORD}`).toString('base64')}`,
}
const SIGNATURE = random('signature')
const VALUES = [
  KEY,
  ...Object.values(OTHERS).map(value => value.replace(/^(?:Bearer |Basic |sid=)|;.*$/g, '')),
  PROXY_PASSWORD,
  SIGNATURE,
]

const test = suite<{ world: World }>('echoes')

test.before(async context => {
  context.world = await startWorld({ logsEnabled: true, logSampleRate: 1, spanCharLimit: 2000, metricTags: ['team'] })
  const { openai } = context.world
  for (const path of ['/v1/chat/completions', `/v1/new-thing/${KEY}`]) {
    openai.respond(path, (request, response) => {
      const echo = String(request.headers['x-echo'])
      const fails = request.headers['x-fails'] === 'yes'
      const headers = {
        'content-type': 'application/json',
        'openai-organization': echo,
        'x-request-id': echo,
        'openai-project': echo,
        [`x-ratelimit-limit-${echo.replace(/[^\w-]/g, '').slice(0, 40)}`]: '5',
      }
      const error = { message: `Incorrect key: ${echo.slice(-30)}`, type: echo, code: echo, param: echo }
      const answer = {
        id: echo,
        model: echo,
        service_tier: echo,
        system_fingerprint: echo,
        metadata: { [echo]: echo },
        choices: [{ index: 0, finish_reason: echo, message: { role: echo, content: `${echo} said` } }],
      }
      request.resume().on('end', () => {
        response.writeHead(fails ? 401 : 200, headers).end(JSON.stringify(fails ? { error } : answer))
      })
    })
  }
})
test.after(async ({ world }) => world.stop())

async function leaving(world: World, echo: string): Promise<string> {
  const { dogstatsd, intake } = world.datadog
  const [datagrams, entries] = [dogstatsd.datagrams.length, intake.entries().length]
  const headers = {
    ...OTHERS,
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'openai-organization': echo,
    'openai-project': echo,
    'user-agent': echo,
    'x-echo': echo,
  }
  const body = JSON.stringify({
    model: echo,
    user: echo,
    service_tier: echo,
    logit_bias: { [echo]: 1 },
    metadata: { [echo]: echo, other: echo },
    tools: [{ type: 'function', function: { name: echo, description: echo, parameters: {} } }],
    messages: [{ role: echo, name: echo, content: `Is ${echo} it?` }],
  })
  const { origin } = world.openai
  const spans = await world.spansOf(3, () =>
    withTags({ team: echo, [echo]: 'named' }, async () => {
      const query = `?api-version=${encodeURIComponent(echo)}&sig=${SIGNATURE}`
      for (const fails of ['no', 'yes']) {
        const init = { method: 'POST', headers: { ...headers, 'x-fails': fails }, body }
        await (await fetch(`${origin}/v1/chat/completions${query}`, init)).text()
      }
      await (await fetch(`${origin}/v1/new-thing/${KEY}${query}`, { method: 'POST', headers, body })).text()
    }),
  )
  await intake.waitFor(entries + 3)
  const left = [spans, dogstatsd.datagrams.slice(datagrams), intake.entries().slice(entries)]
  return JSON.stringify(left, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

for (const [n, echo] of VALUES.entries()) {
  test(`credential ${n}, ${echo.slice(0, 9)}…, in every field and name`, async ({ world }) => {
    const said: string[] = []
    const { write } = process.stderr
    process.stderr.write = (line: string | Uint8Array): boolean => said.push(String(line)) > 0
    try {
      const text = await leaving(world, echo)
      say(`what echoes ${echo}`)
      for (const secret of VALUES) {
        for (const place of [text, said.join('')]) {
          assert.not.match(place.toLowerCase(), secret.toLowerCase())
          assert.not.match(place.toLowerCase(), secret.slice(-12).toLowerCase())
        }
      }
      assert.match(text, `sk-...${KEY.slice(-4)}`)
      assert.match(text, 'createChatCompletion')
    } finally {
      process.stderr.write = write
    }
  })
}

test.run()
