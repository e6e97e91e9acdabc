import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { LIVE_TARGET, targetToText } from '../lib/sinks/live/target'
import { browserSuite, detailOf, faultsOf, type Opened, picture, rowsOf } from './browser'
import { HOSTILE, manyCalls } from './page-calls'

/** A real app calls, the page shows it. */
const { test, run } = browserSuite('the page in a browser')

const REGISTER = join(__dirname, '..', 'dist', 'register.js')

const APP = `
const post = (path, body) => fetch(process.env.OPENAI_BASE_URL + path, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test-x' },
  body: JSON.stringify(body),
}).then(response => response.text())
const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'What is a semaphore?' }]
post('/chat/completions', { model: 'gpt-4o', messages, stream: true })
  .then(() => post('/embeddings', { model: 'text-embedding-3-small', input: 'x' }))
`

async function runApp({ ground, receiver: { port, token } }: Opened): Promise<void> {
  const env = {
    DD_TRACE_AGENT_URL: '',
    [LIVE_TARGET]: targetToText({ port, token, folder: ground.folder }),
    NODE_OPTIONS: `--require ${JSON.stringify(REGISTER)}`,
  }
  const { code, stderr } = await ground.run(ground.write('page.cjs', APP), { env })
  assert.equal([code, stderr], [0, ''])
}

test('calls of an app arrive on the open page, one is opened, replayed and filtered', async opened => {
  const { page, receiver, complaints } = opened
  await page.goto(receiver.url)
  await page.getByText('No call yet.').waitFor()
  await runApp(opened)
  await rowsOf(page).nth(1).waitFor()
  await page.getByText('2 calls, 0 errors').waitFor()
  assert.match((await rowsOf(page).first().textContent()) ?? '', /createEmbedding/)
  await rowsOf(page).nth(1).click()
  const detail = detailOf(page)
  await detail.getByText('What is a semaphore?', { exact: true }).waitFor()
  const slider = detail.getByRole('slider')
  await slider.waitFor()
  const whole = await detail.locator('.replay pre').textContent()
  await slider.fill('1')
  assert.ok((await detail.locator('.replay pre').textContent()) !== whole)
  await picture(page, 'call-light')
  await page.getByLabel('Search calls').fill('embedding-3')
  await page.getByText('1 shown').waitFor()
  assert.is(await rowsOf(page).count(), 1)
  assert.equal(complaints, [])
})

test('j, k, Enter, / and Esc do it without a mouse', async opened => {
  const { page, receiver, session } = opened
  for (const event of manyCalls(5)) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).nth(4).waitFor()
  for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key)
  await detailOf(page).waitFor()
  assert.is(await rowsOf(page).nth(1).getAttribute('aria-selected'), 'true')
  await page.keyboard.press('/')
  await page.keyboard.type('mini')
  await page.getByText('2 shown').waitFor()
  await page.keyboard.press('Escape')
  await detailOf(page).waitFor({ state: 'detached' })
})

test('hostile content is text: nothing runs, nothing is asked for, nothing hides', async ({
  page,
  receiver,
  session,
  complaints,
}) => {
  for (const event of HOSTILE) session.add(event)
  await page.goto(receiver.url)
  await rowsOf(page).first().click()
  await detailOf(page).getByText('<img src=x onerror=', { exact: false }).first().waitFor()
  assert.is(await page.locator('#app script, #app img, #app a, #app iframe').count(), 0)
  assert.is(await page.evaluate('window.hurt'), undefined)
  assert.ok((await detailOf(page).locator('mark').allInnerTexts()).includes('U+202E'))
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  )
  await picture(page, 'hostile')
})

test('of 50,000 calls only those in view are in the document, and a filter finds one', async ({
  page,
  receiver,
  session,
}) => {
  for (const event of manyCalls(50_000)) session.add(event)
  await page.goto(receiver.url)
  await page.getByText('50,000 calls', { exact: false }).waitFor()
  assert.ok((await rowsOf(page).count()) < 60)
  await page.getByLabel('Search calls').fill('call 31234')
  await page.getByText('1 shown').waitFor()
})

test('a page that is reopened while its calls come has all of them, and those that end meanwhile, the newest first', async ({
  page,
  receiver,
  session,
  complaints,
}) => {
  const events = manyCalls(20_010)
  for (const event of events.slice(0, 20_000)) session.add(event)
  for (let opened = 0; opened < 2; opened += 1) {
    await page.goto(receiver.url)
    await rowsOf(page).first().waitFor()
    for (const event of events.slice(20_000 + 5 * opened, 20_005 + 5 * opened)) session.add(event)
  }
  await page.getByText('20,010 calls, 2,858 errors', { exact: true }).waitFor()
  await rowsOf(page).first().click()
  await detailOf(page).getByText('call 20009', { exact: true }).first().waitFor()
  await page.getByLabel('Search calls').fill('call 12345')
  await page.getByText('1 shown').waitFor()
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  )
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`no serious fault for those who see or move otherwise: ${scheme}, ${width} pixels`, async opened => {
      const { page, receiver, session } = opened
      for (const event of [...manyCalls(60), ...HOSTILE]) session.add(event)
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 844 })
      await page.goto(receiver.url)
      await rowsOf(page).first().waitFor()
      assert.equal(await faultsOf(page), [])
      await picture(page, `list-${scheme}-${width}`)
      await rowsOf(page).nth(4).click()
      await detailOf(page).waitFor()
      assert.equal(await faultsOf(page), [])
      assert.is(await page.evaluate('document.documentElement.scrollWidth'), width)
      await picture(page, `call-${scheme}-${width}`)
    })
  }
}

run()
