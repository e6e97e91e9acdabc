import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import { browserSuite, detailOf, faultsOf, picture, rowsOf } from './browser'
import { HOSTILE, madeCall, manyCalls } from './page-calls'

/** Waterfall, charts, comparison and times, as a person uses them. */
const { test, run } = browserSuite('the views of the page, in a browser')

const NOW = Date.UTC(2026, 0, 5, 10)

/** An agent's turn: a call that is tried again, then two that go on from it. */
function agentsTurn(): ReturnType<typeof madeCall>[] {
  const at = (ms: number, more: Partial<Call>): Partial<Call> => ({ startedAt: NOW + ms, ...more })
  const turn = (index: number): Partial<Call> => ({ turn: { id: 'turn1', index } })
  const { http } = madeCall('').call
  const refused = {
    http: { ...http, status: 429 },
    error: { class: 'E', message: 'slow down', kind: 'rate_limit' as const },
  }
  return [
    madeCall('t.1', at(0, { ...turn(1), ...refused, durationMs: 200 })),
    madeCall(
      't.2',
      at(700, { ...turn(1), attempt: 2, retryWaitMs: 500, durationMs: 900, stream: { events: 9, firstTokenMs: 300 } }),
    ),
    madeCall('t.3', at(1_700, { ...turn(2), durationMs: 1_200, stream: { events: 9, firstTokenMs: 200 }, cost: 0.01 })),
    madeCall('t.4', at(3_000, { ...turn(3), durationMs: 400 })),
  ]
}

test('the waterfall shows the calls of a turn beside each other, attempts in one line, and opens one', async opened => {
  const { page, receiver, session, complaints } = opened
  for (const event of [...manyCalls(3), ...agentsTurn()]) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).first().waitFor()
  await page.keyboard.press('2')
  const waterfall = page.getByRole('list', { name: 'Waterfall' })
  await waterfall.getByRole('heading', { name: 'turn turn1' }).waitFor()
  const group = waterfall.getByRole('listitem').filter({ hasText: 'turn turn1' }).first()
  assert.is(await group.locator('.lane').count(), 3)
  assert.is(await group.locator('.lane').first().locator('.bar').count(), 2)
  await page.getByRole('button', { name: 'attempt 2' }).click()
  await detailOf(page).getByText('2, waited 500 ms').waitFor()
  // The next one, as it stands here and not in the list; what was pressed before has the focus still.
  await page.keyboard.press('j')
  await detailOf(page).getByText('$0.01').first().waitFor()
  await picture(page, 'waterfall')
  // Made calls have nothing of the wire to show.
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  )
})

test('charts are drawn of the shown calls, and what is chosen on one filters every view', async opened => {
  const { page, receiver, session, complaints } = opened
  for (const event of manyCalls(200)) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).first().waitFor()
  await page.getByRole('button', { name: 'Charts' }).click()
  await page.getByRole('img', { name: 'Tokens: gpt-4o, gpt-4o-mini, gpt-5' }).waitFor()
  assert.is(await page.locator('canvas').count(), 5)
  await picture(page, 'charts')
  const over = page.locator('.u-over').first()
  const box = await over.boundingBox()
  assert.ok(box)
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 5 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Show any time' }).waitFor()
  await page.keyboard.press('1')
  const [, shown = ''] = /([\d,]+) shown/.exec((await page.getByRole('status').first().textContent()) ?? '') ?? []
  assert.ok(Number(shown) > 30 && Number(shown) < 70, `${shown} shown`)
  await page.getByRole('button', { name: 'Show any time' }).click()
  await page.getByText('200 calls, 28 errors', { exact: true }).waitFor()
  assert.equal(complaints, [])
})

test('two calls that are marked with x are compared, and Esc goes back', async opened => {
  const { page, receiver, session, complaints } = opened
  for (const event of manyCalls(4)) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).nth(3).waitFor()
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
  const comparison = page.getByRole('region', { name: 'Comparison' })
  await comparison.locator('del').getByText('3', { exact: true }).first().waitFor()
  assert.ok((await comparison.locator('ins').allInnerTexts()).includes('2'))
  await comparison.getByRole('row', { name: 'Model' }).waitFor()
  await picture(page, 'compare')
  await page.keyboard.press('Escape')
  await comparison.waitFor({ state: 'detached' })
  assert.equal(complaints, [])
})

test('the last minute is of the session, though it was long ago', async ({ page, receiver, session }) => {
  for (const event of manyCalls(300)) session.add(event)
  await page.goto(receiver.url)
  await page.getByLabel('Time').selectOption('last minute')
  await page.getByText('61 shown').waitFor()
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`waterfall, charts and comparison without serious fault: ${scheme}, ${width} pixels`, async opened => {
      const { page, receiver, session } = opened
      for (const event of [...manyCalls(60), ...agentsTurn(), ...HOSTILE]) session.add(event)
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 844 })
      await page.goto(receiver.url)
      await rowsOf(page).first().waitFor()
      for (const [key, view] of [
        ['2', 'waterfall'],
        ['3', 'charts'],
      ] as const) {
        await page.keyboard.press(key)
        await page.locator(`.${view}`).waitFor()
        assert.equal(await faultsOf(page), [], view)
        assert.is(await page.evaluate('document.documentElement.scrollWidth'), width, view)
        await picture(page, `${view}-${scheme}-${width}`)
      }
      await page.keyboard.press('1')
      for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
      await page.getByRole('region', { name: 'Comparison' }).waitFor()
      assert.equal(await faultsOf(page), [], 'comparison')
      assert.is(await page.evaluate('document.documentElement.scrollWidth'), width, 'comparison')
      assert.is(await page.evaluate('window.hurt'), undefined)
      await picture(page, `compare-${scheme}-${width}`)
    })
  }
}

run()
