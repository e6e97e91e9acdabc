import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import { type Comparison, comparisonOf } from '../lib/page/compare/comparison'
import { changeOf } from '../lib/page/compare/differences'
import { runsOf } from '../lib/page/compare/runs'
import { browserSuite, detailOf, faultsOf, picture, rowsOf } from './browser'
import { HOSTILE, madeCall } from './page-calls'

/** What of two calls differs; and how they are chosen and shown. */
const { test, run } = browserSuite('two calls of the page compared')

const START = Date.UTC(2026, 0, 5, 9)

/** A call with a conversation; the last text is the answer. */
function said(texts: readonly string[], more: Partial<Call> = {}): Call {
  const messages = texts.slice(0, -1).map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }))
  const completion = [{ index: 0, message: { role: 'assistant', content: texts.at(-1) ?? '' } }]
  return madeCall('1', { sample: { messages, completion }, ...more }).call
}

const factsOf = ({ sections }: Comparison): unknown =>
  sections.map(({ title, facts }) => [title, facts.map(({ name, one, other, change }) => [name, one, other, change])])
const piecesOf = ({ turns }: Comparison): string[][] =>
  turns.map(({ pieces }) => pieces.map(piece => `${piece.in}:${piece.text}`))

test('parameters, tokens, cost and times that differ are told, and by how much', async () => {
  const one = said(['hi', 'ho'], {
    parameters: { temperature: 0.2, seconds: 4, stream: true },
    usage: { input: 100, output: 20, cachedInput: 0 },
    cost: 0.002,
    durationMs: 800,
    stream: { events: 3, firstTokenMs: 200 },
    tags: { job: 'a' },
  })
  const other = said(['hi', 'ho'], {
    parameters: { temperature: 0.7, seconds: 8, stream: true, top_p: 1 },
    usage: { input: 150, output: 20, cachedInput: 64 },
    cost: 0.001,
    durationMs: 1_000,
    stream: { events: 3, firstTokenMs: 150 },
    tags: { job: 'b' },
  })
  assert.equal(factsOf(comparisonOf(one, other)), [
    [
      'Parameters',
      [
        ['temperature', '0.2', '0.7', ''],
        ['seconds', '4', '8', ''],
        ['top_p', '', '1', ''],
      ],
    ],
    [
      'Usage',
      [
        ['input', '100', '150', '+50 (+50 %)'],
        ['cached input', '0', '64', '+64'],
      ],
    ],
    ['Cost', [['Cost', '$0.002000', '$0.001000', '−$0.001000 (−50 %)']]],
    [
      'Call',
      [
        ['Duration', '800 ms', '1.00 s', '+200 ms (+25 %)'],
        ['First token', '200 ms', '150 ms', '−50 ms (−25 %)'],
      ],
    ],
    ['Tags', [['job', 'a', 'b', '']]],
  ])
})

test('a parameter named like what was used is not taken for it', async () => {
  const one = said(['x', 'y'], { parameters: { seconds: 4 }, usage: { seconds: 9 } })
  const other = said(['x', 'y'], { parameters: { seconds: 5 }, usage: { seconds: 9 } })
  assert.equal(factsOf(comparisonOf(one, other)), [['Parameters', [['seconds', '4', '5', '']]]])
})

test('what is no amount, as a saved file may have it, has not changed', async () => {
  for (const odd of [undefined, null, 'x', Number.NaN, {}, Number.POSITIVE_INFINITY]) {
    assert.is(changeOf(1, odd), '')
    assert.is(changeOf(odd, 1), '')
  }
  assert.is(changeOf(0, 5), '+5')
})

test('of the conversation the words that changed are told, message by message', async () => {
  const comparison = comparisonOf(
    said(['Be brief.', 'Yes.', 'What is a semaphore?', 'A signal.']),
    said(['Be brief.', 'Yes.', 'What is a mutex?', 'A signal.']),
  )
  assert.equal(piecesOf(comparison), [
    ['both:Be brief.'],
    ['both:Yes.'],
    ['both:What is a ', 'one:semaphore', 'other:mutex', 'both:?'],
    ['both:A signal.'],
  ])
  assert.equal(
    runsOf(comparison.turns).map(({ same, turns }) => [same, turns.length]),
    [
      [true, 2],
      [false, 1],
      [true, 1],
    ],
  )
})

test('a message more is one more and changes none of the others; an answer is never matched with a question', async () => {
  assert.equal(piecesOf(comparisonOf(said(['a', 'same']), said(['a', 'b', 'same']))), [
    ['both:a'],
    ['other:b'],
    ['both:same'],
  ])
  const asked = madeCall('1', { sample: { messages: [{ role: 'assistant', content: 'x' }] } }).call
  const answered = said(['x']).sample
  assert.equal(piecesOf(comparisonOf(asked, madeCall('2', { sample: answered }).call)), [['one:x'], ['other:x']])
})

test('a tool that is offered otherwise, or is new, has changed the prompt', async () => {
  const tool = (name: string, description: string): Call['sample'][string] => ({
    type: 'function',
    function: { name, description },
  })
  const offers = (...tools: Call['sample'][string][]): Call => madeCall('1', { sample: { tools } }).call
  const { turns } = comparisonOf(
    offers(tool('search', 'Finds pages.'), tool('clock', 'x')),
    offers(tool('search', 'Finds books.'), tool('clock', 'x'), null),
  )
  const changes = turns.map(({ role, pieces }) => [role, pieces.filter(({ in: where }) => where !== 'both').length])
  assert.equal(changes, [
    ['tool search', 2],
    ['tool clock', 0],
    ['tool tool', 1],
  ])
})

test('however many messages have changed, no more is compared word by word than does not hold the page', async () => {
  const long = (word: string): string[] => Array.from({ length: 40 }, (_, at) => `${at} ${'a '.repeat(4_000)}${word}`)
  const { turns } = comparisonOf(said(long('x')), said(long('y')))
  const where = turns.map(({ pieces }) => pieces.map(piece => piece.in).join())
  assert.equal([turns.length, where[0], where[39]], [40, 'both,one,other', 'one,other'])
  const [huge] = comparisonOf(said(['x '.repeat(500_000), '']), said(['y '.repeat(500_000), ''])).turns
  assert.equal(
    huge?.pieces.map(piece => piece.in),
    ['one', 'other'],
  )
})

const PROMPT = ['You are a helpful assistant of a bank.', 'Yes.', 'What does a transfer cost?']

const TWO = [
  madeCall('c.1', {
    ...said([...PROMPT, 'A transfer costs one euro.']),
    startedAt: START,
    parameters: { temperature: 0.2, model: 'gpt-4o' },
    usage: { input: 120, output: 8 },
    cost: 0.0004,
    durationMs: 812,
  }),
  madeCall('c.2', {
    ...said([...PROMPT.slice(0, 2), 'What does a transfer abroad cost?', 'A transfer abroad costs twelve euros.']),
    startedAt: START + 5_000,
    parameters: { temperature: 0.9, model: 'gpt-4o' },
    usage: { input: 121, output: 9 },
    cost: 0.0005,
    durationMs: 1_400,
  }),
]

test('two are chosen by Ctrl and a click in the list and the waterfall, or by opening and a button', async opened => {
  const { page, receiver, session, complaints } = opened
  for (const event of TWO) session.add(event)
  await page.goto(receiver.url)
  const comparison = page.getByRole('region', { name: 'Comparison' })
  await rowsOf(page)
    .nth(1)
    .click({ modifiers: ['Control'] })
  await page.getByRole('img', { name: 'marked to be compared' }).waitFor()
  await page.getByText('1 marked', { exact: false }).waitFor()
  await rowsOf(page)
    .nth(0)
    .click({ modifiers: ['Control'] })
  await comparison.getByRole('row', { name: 'temperature 0.2 0.9' }).waitFor()
  await comparison.getByRole('row', { name: 'Duration 812 ms 1.40 s +588 ms (+72 %)' }).waitFor()
  await comparison.getByText('2 messages the same in both').click()
  await comparison.getByText(PROMPT[0] ?? '').waitFor()
  assert.equal(await comparison.locator('ins').allInnerTexts(), ['abroad ', 'abroad ', 'twelve', 'euros'])
  await page.keyboard.press('Escape')
  await comparison.waitFor({ state: 'detached' })
  await page.keyboard.press('2')
  for (const at of [0, 1])
    await page
      .locator('.bar')
      .nth(at)
      .click({ modifiers: ['Control'] })
  await comparison.waitFor()
  await page.getByRole('button', { name: 'marked to be compared' }).first().waitFor()
  await comparison.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('1')
  for (const at of [0, 1]) {
    await rowsOf(page).nth(at).click()
    await detailOf(page).getByRole('button', { name: 'Compare' }).click()
  }
  await comparison.waitFor()
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  )
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`no serious fault, and hostile content is text: ${scheme}, ${width} pixels`, async opened => {
      const { page, receiver, session, complaints } = opened
      for (const event of [...TWO, ...HOSTILE]) session.add(event)
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 844 })
      await page.goto(receiver.url)
      await rowsOf(page).nth(2).waitFor()
      const comparison = page.getByRole('region', { name: 'Comparison' })
      for (const key of ['j', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
      await comparison.waitFor()
      await comparison.getByText('2 messages the same in both').click()
      assert.equal(await faultsOf(page), [])
      assert.is(await page.evaluate('document.documentElement.scrollWidth'), width)
      await picture(page, `two-${scheme}-${width}`)
      await page.keyboard.press('Escape')
      for (const key of ['k', 'x', 'k', 'x']) await page.keyboard.press(key)
      await comparison.getByText('<img src=x', { exact: false }).first().waitFor()
      assert.equal(await faultsOf(page), [])
      assert.is(await page.locator('#app script, #app img, #app a, #app iframe').count(), 0)
      assert.is(await page.evaluate('window.hurt'), undefined)
      assert.equal(complaints, [])
    })
  }
}

run()
