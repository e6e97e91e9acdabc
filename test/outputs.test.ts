import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import { OUTPUT_NAMES } from '../lib/sinks/outputs'
import { type Ground, type Outcome, prepareGround, ROOT, type Run } from './app'
import { said } from './said'

/** Which outputs are on, and that nothing is loaded, opened or said of one that is off. */

const test = suite<{ ground: Ground }>('outputs')

test.before(async context => {
  context.ground = await prepareGround()
})
test.after(({ ground }) => ground.close())

test('a list of names in any case, each once; what is unset is Datadog alone', () => {
  assert.equal(readConfig({}).outputs, ['datadog'])
  assert.equal(readConfig({ INTERCEPTOR_OUTPUTS: ' Datadog,datadog ' }).outputs, ['datadog'])
  assert.equal(readConfig({}, { outputs: [] }).outputs, [])
})

for (const bad of ['dogdata', 'datadog,dogdata', 'otel;datadog']) {
  test(`INTERCEPTOR_OUTPUTS=${bad} is said with the good names, and no content goes to whom nobody named`, () => {
    const [line, ...more] = said(() => {
      const { outputs, captureContent } = readConfig({ INTERCEPTOR_OUTPUTS: bad })
      assert.equal([outputs, captureContent], [['datadog'], false])
    })
    assert.is(more.length, 0)
    assert.match(line ?? '', `INTERCEPTOR_OUTPUTS: "${bad}" is not a list of ${OUTPUT_NAMES.join(', ')}; datadog`)
  })
}

test('a bad list in code is said by its name there', () => {
  const lines = said(() => readConfig({}, { outputs: ['dogdata'] }))
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', 'start({ outputs }): this list is not a list of')
})

/** What the app has loaded, by path from the project's folder, and how many sockets it has opened for UDP. */
const LOADED = `
process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))))
`

/** Runs one call where there is no dd-trace, and gives what was loaded besides. */
async function loaded(ground: Ground, source: string, options: Run = {}): Promise<Outcome & { files: string[] }> {
  const outcome = await ground.run(ground.write('loads.cjs', `${LOADED}${source}`), options)
  const files: string[] = JSON.parse(outcome.stdout.trim().split('\n').at(-1) ?? '[]')
  return { ...outcome, files: files.map(file => file.replace(`${ROOT}/`, '')) }
}

const START = (settings: string): string => `
const { start } = require(${JSON.stringify(ROOT)})
const seen = []
start({ ${settings}, onCall: call => console.log(call.operation) })
fetch(process.env.OPENAI_BASE_URL + '/models').then(response => response.json())
`

test('no output at all: the app’s own function has its calls, and nothing of Datadog is loaded or said', async ({
  ground,
}) => {
  const { stdout, stderr, files, spans } = await loaded(ground, START('outputs: []'))
  assert.is(stderr, '')
  assert.match(stdout, 'listModels')
  assert.equal(files.filter(isDatadogs), [])
  assert.is(spans.length, 0)
})

test('Datadog alone loads nothing of the others', async ({ ground }) => {
  const { files, spans } = await loaded(ground, START("outputs: ['datadog']"))
  assert.ok(files.some(isDatadogs))
  assert.equal(
    files.filter(file => OTHERS.some(name => file.startsWith(join('dist', 'sinks', name)))),
    [],
  )
  assert.is(spans.length, 1)
})

const OTHERS = OUTPUT_NAMES.filter(name => name !== 'datadog')

/** The tracer, DogStatsD's client, or a sink of ours that is for them. */
function isDatadogs(file: string): boolean {
  return /dd-trace|hot-shots|^dist\/sinks\/(?:datadog|spans|metrics|logs|intake\/(?!log-url|entry))/.test(file)
}

test.run()
