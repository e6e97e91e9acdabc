import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig, VARIABLES } from '../lib/config'
import { withTables } from '../lib/local/docs/reference'
import { said as linesSaid } from './said'

/** As one text. */
const said = (fn: () => void): string => linesSaid(fn).join('\n')

const test = suite('configuration')

test('without a variable every setting has the default that the README shows', () => {
  const config = readConfig({})
  for (const { key, default: fallback } of VARIABLES) assert.equal(config[key], fallback)
})

for (const [name, bad, key, fallback] of [
  ['DD_OPENAI_SPAN_CHAR_LIMIT', '-5', 'spanCharLimit', 128],
  ['DD_OPENAI_SPAN_CHAR_LIMIT', 'many', 'spanCharLimit', 128],
  ['DD_OPENAI_LOG_PROMPT_COMPLETION_SAMPLE_RATE', '1.5', 'logSampleRate', 0.1],
  ['DD_OPENAI_METRICS_ENABLED', 'maybe', 'metricsEnabled', true],
  ['DD_DOGSTATSD_PORT', '99999', 'dogstatsdPort', 8125],
  ['DD_AGENTLESS_LOG_SUBMISSION_URL', 'not a url', 'logsUrl', undefined],
  ['DD_SITE', 'data dog', 'site', 'datadoghq.com'],
  ['INTERCEPTOR_MAX_BODY_BYTES', '1e999', 'maxBodyBytes', 1_048_576],
  ['INTERCEPTOR_IDLE_TIMEOUT_MS', '0', 'idleTimeoutMs', 300_000],
] as const) {
  test(`${name}=${bad} is said in one line with what is used instead`, () => {
    let value: unknown
    const line = said(() => {
      value = readConfig({ [name]: bad })[key]
    })
    assert.is(value, fallback)
    assert.is(line.trimEnd().split('\n').length, 1)
    assert.ok(line.includes(name) && line.includes(bad), line)
    assert.ok(line.includes(fallback === undefined ? 'no value' : String(fallback)), line)
  })
}

test('good values are taken as they are meant', () => {
  const line = said(() => {
    const config = readConfig({
      DD_OPENAI_LOGS_ENABLED: '1',
      DD_OPENAI_METRICS_ENABLED: 'FALSE',
      DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE: '0.25',
      INTERCEPTOR_HOSTS: ' a.example , b.example:8080,',
      DD_SITE: 'DatadogHQ.eu',
      DD_ENV: '',
    })
    assert.equal(
      [config.logsEnabled, config.metricsEnabled, config.spanSampleRate, config.hosts, config.site, config.env],
      [true, false, 0.25, ['a.example', 'b.example:8080'], 'datadoghq.eu', undefined],
    )
  })
  assert.is(line, '')
})

test('settings given in code go before the environment, and nothing can be changed afterwards', () => {
  const config = readConfig({ DD_OPENAI_SPAN_CHAR_LIMIT: '10' }, { spanCharLimit: 20 })
  assert.is(config.spanCharLimit, 20)
  assert.throws(() => Object.assign(config, { spanCharLimit: 30 }), /read only/)
})

test('a secret in a bad place is not repeated', () => {
  const line = said(() => readConfig({ DD_AGENTLESS_LOG_SUBMISSION_URL: 'https//user:sk-test-0123456789@nowhere' }))
  assert.match(line, 'DD_AGENTLESS_LOG_SUBMISSION_URL')
  assert.not.match(line, 'sk-test-0123456789')
})

test('the README’s tables are those of the code', async () => {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8')
  assert.fixture(await withTables(readme), readme)
})

test.run()
