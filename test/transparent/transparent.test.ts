/**
 * Every client × every fault of the server: the same program without and with us, alone and beside dd-trace. All that it
 * prints of what it sees, all bytes that its server gets, its output and its end must be the same. A covering part runs
 * with the other tests, all of it by `npm run test:transparent`.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Beside, differenceOf, prepareStage, type Runs, type Stage } from './compare'

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

/**
 * Some scenes are races of the client's own: a request's `finish` against the answer, one side's reset against the other's.
 * Without us they end in more than one way, too. A scene that differs is played again, both ways; it holds if one of the
 * runs with us is the same as one without us. What we change would show in all of them.
 */
const MOST_RUNS = 6

async function differences(stage: Stage, [program, client, beside]: Row, first: Runs): Promise<string[]> {
  const all = [first]
  const differing = (): string[] =>
    [...first.plain.scenes.keys()].filter(
      scene => !all.some(({ plain }) => all.some(({ observed }) => differenceOf(plain, observed, scene).length === 0)),
    )
  while (all.length < MOST_RUNS && differing().length > 0) {
    all.push(await stage.run(program, client, beside, differing()))
  }
  return differing().flatMap(scene =>
    differenceOf(first.plain, first.observed, scene).map(line => `${scene}: ${line.slice(0, 900)}`),
  )
}

for (const row of process.env.TRANSPARENT === 'whole' ? WHOLE : PART) {
  const [program, client, beside] = row
  test(`${client} (${program}), ${beside}: the program sees the same with us, whatever its server does`, async () => {
    const stage = await prepareStage()
    try {
      const first = await stage.run(program, client, beside)
      const { plain, observed } = first
      assert.is(plain.code, 0, plain.errors)
      assert.equal([observed.code, observed.errors], [plain.code, plain.errors])
      assert.equal([...observed.scenes.keys()], [...plain.scenes.keys()])
      assert.ok(plain.scenes.size > 60, `only ${plain.scenes.size} scenes`)
      assert.is((await differences(stage, row, first)).join('\n'), '')
    } finally {
      await stage.close()
    }
  })
}

test.run()
