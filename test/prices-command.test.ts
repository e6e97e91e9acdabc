import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REMOTE_DATA_JSON_URL } from '@pydantic/genai-prices'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createPricer } from '../lib/openai/price'
import { PRICE_LIST } from '../lib/openai/price/list'
import { listNamed } from '../lib/openai/price/list-age'
import { DATA_URL } from '../lib/prices/fetch-data'

const CLI = join(__dirname, '..', 'dist', 'cli', 'cli.js')
const DATA = [
  {
    id: 'openai',
    api_pattern: 'https://api\\.openai\\.com',
    models: [{ id: 'gpt-next', match: { starts_with: 'gpt-next' }, prices: { input_mtok: 7, output_mtok: 70 } }],
  },
]

interface Ran {
  code: number
  stdout: string
  stderr: string
}

let folder: string
let server: Server
let base: string

function interceptor(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const options = { env: { PATH: process.env.PATH, ...env }, cwd: folder, timeout: 60_000 }
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, 'prices', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr })
    })
  })
}

const prices = suite('interceptor prices')

prices.before(async () => {
  const answers: Readonly<Record<string, string>> = {
    '/data.json': JSON.stringify(DATA),
    '/page.json': '<html>please log in</html>',
    '/shape.json': '{"models":[]}',
    '/expression.json': JSON.stringify([{ ...DATA[0], api_pattern: 'https://(' }]),
    '/negative.json': JSON.stringify([
      { ...DATA[0], models: [{ match: { equals: 'm' }, prices: { input_mtok: -1 } }] },
    ]),
  }
  server = createServer(({ url = '' }, response) => {
    const text = answers[url.replace(/\?.*/, '')]
    if (url === '/cut.json') response.writeHead(200, { 'content-length': '100' }).write('[', () => response.destroy())
    else response.writeHead(text === undefined ? 404 : 200).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
prices.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'))
})
prices.after.each(() => rmSync(folder, { recursive: true, force: true }))
prices.after(() => void server.close())

prices('says which list is used and how old it is', async () => {
  const { code, stdout } = await interceptor([])
  assert.is(code, 0)
  assert.match(stdout, new RegExp(`^the price list of ${PRICE_LIST.date} \\(\\d+ days? old\\), from .*genai-prices`))
  const at = (time: string): string => listNamed({ date: '2026-09-23' }, Date.parse(time))
  assert.is(at('2026-09-24T12:00Z'), 'the price list of 2026-09-23 (1 day old)')
  assert.is(at('2026-11-25T12:00Z'), 'the price list of 2026-09-23 (63 days old)')
  assert.is(at('2020-01-01T12:00Z'), 'the price list of 2026-09-23 (0 days old)')
})

prices('says what a model costs at each provider, OpenAI first', async () => {
  const { code, stdout } = await interceptor(['gpt-4o'])
  assert.is(code, 0)
  assert.match(stdout, /dollars:\n {2}openai: input 2\.5, cachedInput 1\.25, output 10 a million tokens/)
  assert.match((await interceptor(['gpt-5.4'])).stdout, /openai: input 2\.5 \(5 above 272000\)/)
  assert.match((await interceptor(['dall-e-2'])).stdout, /"256x256":0\.016.* a picture/)
})

prices('of a model that is not in the list says the remedy, and ends with 1', async () => {
  const { code, stdout } = await interceptor(['gpt-next'])
  assert.is(code, 1)
  assert.match(stdout, /^gpt-next is not in the price list of .* interceptor prices --update/)
})

prices('--update writes a list that calls are priced by where INTERCEPTOR_PRICE_LIST names it', async () => {
  const { code, stdout, stderr } = await interceptor(['--update', '--from', `${base}/data.json?token=s3cret`])
  assert.is(code, 0, stderr)
  const file = join(folder, 'interceptor-prices.json')
  assert.match(stdout, /^interceptor-prices\.json has the prices of 1 models of 1 providers as of \d{4}-/)
  assert.match(stdout, `INTERCEPTOR_PRICE_LIST=`)
  assert.not.match(readFileSync(file, 'utf8'), /s3cret/)
  const shown = await interceptor(['gpt-next-mini'], { INTERCEPTOR_PRICE_LIST: file })
  assert.match(shown.stdout, /\(0 days old\).*\n.*\n {2}openai: input 7, output 70 a million tokens/)
  assert.is(costOf('gpt-next', file), 7)
  assert.is(costOf('gpt-4o', undefined), 2.5)
})

function costOf(model: string, priceList: string | undefined): number | undefined {
  return createPricer({ prices: undefined, priceList }).cost({
    api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
    host: 'api.openai.com',
    model,
    usage: { input: 1_000_000 },
    operation: 'createChatCompletion',
    family: 'chat.completions',
    at: Date.parse('2026-09-23T12:00:00Z'),
  })?.usd
}

prices('--update without network takes a file, whose day is the list’s', async () => {
  const from = join(folder, 'data.json')
  writeFileSync(from, JSON.stringify(DATA))
  utimesSync(from, new Date('2026-10-02T08:00:00Z'), new Date('2026-10-02T08:00:00Z'))
  const to = join(folder, 'list.json')
  const { code, stdout } = await interceptor(['--update', '--from', from], { INTERCEPTOR_PRICE_LIST: to })
  assert.is(code, 0)
  assert.match(stdout, /as of 2026-10-02\n$/, 'and nothing is to be set')
  assert.is(JSON.parse(readFileSync(to, 'utf8')).date, '2026-10-02')
})

prices('--update that fails says why in one line, ends with 1 and leaves the old list', async () => {
  const old = join(folder, 'old.json')
  writeFileSync(old, 'old')
  const gone = createServer()
  await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve))
  const { port } = gone.address() as AddressInfo
  await new Promise(resolve => gone.close(resolve))
  const cases: readonly (readonly [from: string, said: RegExp])[] = [
    [`http://127.0.0.1:${port}/data.json`, /cannot be fetched: .*ECONNREFUSED.*--from FILE/],
    [`${base}/nowhere.json`, /nowhere\.json cannot be fetched: it answers 404/],
    [`${base}/cut.json`, /cannot be fetched/],
    [`${base}/page.json`, /page\.json has is not JSON/],
    [`${base}/shape.json`, /no data of @pydantic\/genai-prices: the price data is not a list/],
    [`${base}/expression.json`, /no data of .*: the prices of "openai" cannot be read/],
    [`${base}/negative.json`, /no data of .*: the price data has -1 for a price/],
    [join(folder, 'nowhere.json'), /nowhere\.json cannot be read: ENOENT/],
  ]
  for (const [from, said] of cases) {
    const { code, stdout, stderr } = await interceptor(['--update', '--from', from, '--to', old])
    assert.is(code, 1, from)
    assert.is(stdout, '')
    assert.match(stderr, said)
    assert.is(stderr.trim().split('\n').length, 1, stderr)
    assert.is(readFileSync(old, 'utf8'), 'old')
  }
})

prices('--update says where it cannot write, and leaves nothing behind', async () => {
  mkdirSync(join(folder, 'taken'))
  for (const to of ['taken', 'no/such/folder.json']) {
    const { code, stderr } = await interceptor(['--update', '--from', `${base}/data.json`, '--to', to])
    assert.is(code, 1)
    assert.match(stderr, new RegExp(`^interceptor: prices --update: ${to} cannot be written: E.*\n$`))
  }
  assert.equal(readdirSync(folder), ['taken'])
})

prices('options that do not go together are refused', async () => {
  assert.match((await interceptor(['--to', 'x'])).stderr, /--from and --to go with --update/)
  assert.match((await interceptor(['--update', 'gpt-4o'])).stderr, /--update takes no model/)
  assert.is((await interceptor(['--to', 'x'])).code, 2)
  assert.not(existsSync(join(folder, 'x')))
})

prices('a list that cannot be used is said, and the bundled one is used', async () => {
  const file = join(folder, 'list.json')
  for (const text of [
    '{',
    '{}',
    JSON.stringify(DATA),
    '{"source":"x","date":"2026-01-01","providers":{"openai":"{}"}}',
  ]) {
    writeFileSync(file, text)
    const { stdout, stderr } = await interceptor([], { INTERCEPTOR_PRICE_LIST: file })
    assert.match(
      stderr,
      new RegExp(`INTERCEPTOR_PRICE_LIST: .*list\\.json: .*; the bundled list of ${PRICE_LIST.date}`),
    )
    assert.match(stdout, PRICE_LIST.date)
  }
})

prices('the newest data is where the price package says', () => {
  assert.is(DATA_URL, REMOTE_DATA_JSON_URL)
})

prices.run()
