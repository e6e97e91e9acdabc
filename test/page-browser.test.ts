import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Receiver } from '../lib/live/receiver'
import { Session } from '../lib/live/session'
import { LIVE_TARGET, targetToText } from '../lib/sinks/live/target'
import { type Ground, prepareGround } from './app'
import { HOSTILE, manyCalls } from './page-calls'

/**
 * The page in a browser: a real app calls, the page shows it. Runs where Debian's chromium is installed
 * (`apt-get install chromium`), or where `CHROMIUM` names one; elsewhere its tests are counted as skipped.
 */

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
/** Where to leave pictures of the page; none are made without. */
const PICTURES = process.env.PAGE_PICTURES
// Built: the page is beside it.
const { startReceiver }: typeof import('../lib/live/receiver') = require('../dist/live/receiver')
const REGISTER = join(__dirname, '..', 'dist', 'register.js')

interface Opened {
  ground: Ground
  browser: Browser
  session: Session
  receiver: Receiver
  page: Page
  /** What the page's console and the browser complained about. */
  complaints: string[]
}

const tests = suite<Opened>('the page in a browser')
const test: (name: string, run: (opened: Opened) => Promise<void>) => void = existsSync(CHROMIUM) ? tests : tests.skip

if (existsSync(CHROMIUM)) {
  tests.before(async opened => {
    opened.ground = await prepareGround()
    opened.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  tests.before.each(async opened => {
    const session = new Session()
    const receiver = await startReceiver({ session, take: line => session.addLine(line) })
    const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
    const complaints: string[] = []
    page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('request', request => {
      const url = request.url()
      if (!url.startsWith(`http://127.0.0.1:${receiver.port}/`) && !url.startsWith('data:')) complaints.push(url)
    })
    Object.assign(opened, { session, receiver, page, complaints })
  })
  tests.after.each(async ({ page, receiver }) => {
    await page.close()
    await receiver.close()
  })
  tests.after(async ({ browser, ground }) => {
    await browser.close()
    await ground.close()
  })
}

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

const rowsOf = (page: Page) => page.locator('.row:not(.titles)')
const detailOf = (page: Page) => page.getByRole('region', { name: 'Opened call' })

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** Faults that keep somebody from using the page. The policy lets no script in but the page's own, so it is put in from outside. */
async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE)
  const violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] =
    await page.evaluate('axe.run().then(({ violations }) => violations)')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])])
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

tests.run()
