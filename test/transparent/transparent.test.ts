/**
 * Every client × every fault of the server: the same program without and with us, alone and beside dd-trace. All that it
 * prints of what it sees, all bytes that its server gets, its output and its end must be the same. A covering part runs
 * with the other tests, all of it by `npm run test:transparent`.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Beside, differenceOf, prepareStage } from './compare'

type Row = readonly [program: string, client: string, beside: Beside]

const PART: readonly Row[] = [
  ['http.mjs', 'http', 'alone'],
  ['fetch.mjs', 'fetch', 'alone'],
]

const WHOLE: readonly Row[] = [
  ...PART,
  ['http.mjs', 'https', 'alone'],
  ['undici.mjs', 'undici6', 'alone'],
  ['undici.mjs', 'undici', 'alone'],
  ['axios.mjs', 'http', 'alone'],
  ['axios.mjs', 'fetch', 'alone'],
  ['sdk.mjs', 'openai', 'alone'],
  ['sdk.mjs', 'openai4', 'alone'],
  ['sdk.mjs', 'openai7', 'alone'],
  ['frameworks.mjs', 'langchain', 'alone'],
  ['fetch.mjs', 'fetch', 'beside dd-trace'],
  ['sdk.mjs', 'openai', 'beside dd-trace'],
]

for (const [program, client, beside] of process.env.TRANSPARENT === 'whole' ? WHOLE : PART) {
  test(`${client} (${program}), ${beside}: the program sees the same with us, whatever its server does`, async () => {
    const stage = await prepareStage()
    const { plain, observed } = await stage.run(program, client, beside)
    await stage.close()
    assert.is(plain.code, 0, plain.errors)
    assert.equal([observed.code, observed.errors], [plain.code, plain.errors])
    assert.equal([...observed.scenes.keys()], [...plain.scenes.keys()])
    assert.ok(plain.scenes.size > 60, `only ${plain.scenes.size} scenes`)
    const differences = [...plain.scenes.keys()].flatMap(scene =>
      differenceOf(plain, observed, scene).map(line => `${scene}: ${line.slice(0, 900)}`),
    )
    assert.is(differences.join('\n'), '')
  })
}

test.run()
