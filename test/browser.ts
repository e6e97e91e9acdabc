import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { suite } from 'uvu'
import type { Receiver } from '../lib/live/receiver'
import { Session } from '../lib/live/session'
import { type Ground, prepareGround } from './app'

/**
 * The page in a browser. Runs where Debian's chromium is installed (`apt-get install chromium`), or where `CHROMIUM` names
 * one; elsewhere its tests are counted as skipped.
 */

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
/** Where to leave pictures of the page; none are made without. */
const PICTURES = process.env.PAGE_PICTURES
// Built: the page is beside it.
const { startReceiver }: typeof import('../lib/live/receiver') = require('../dist/live/receiver')

export interface Opened {
  ground: Ground
  browser: Browser
  session: Session
  receiver: Receiver
  page: Page
  /** What the page's console and the browser complained about. */
  complaints: string[]
}

export interface BrowserSuite {
  test(name: string, run: (opened: Opened) => Promise<void>): void
  run(): void
}

/** Each test has a session, a receiver and a page of its own. */
export function browserSuite(title: string): BrowserSuite {
  const tests = suite<Opened>(title)
  // Skipped, and counted so, where no browser is installed: the README's two commands need none, `.ci/run` installs one.
  const hasBrowser = existsSync(CHROMIUM)
  const test: BrowserSuite['test'] = hasBrowser ? tests : tests.skip
  if (!hasBrowser) return { test, run: () => tests.run() }
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
  return { test, run: () => tests.run() }
}

export const rowsOf = (page: Page) => page.locator('.row:not(.titles)')
export const detailOf = (page: Page) => page.getByRole('region', { name: 'Opened call' })

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** Faults that keep somebody from using the page. The policy lets no script in but the page's own, so it is put in from outside. */
export async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE)
  const violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] =
    await page.evaluate('axe.run().then(({ violations }) => violations)')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])])
}
