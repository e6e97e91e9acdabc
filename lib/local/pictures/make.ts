/**
 * `npm run screenshots`: the README's pictures, of the demo's clients against the stand-ins: the terminal, and the page in
 * Chromium (Debian's, or the one that `CHROMIUM` names).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { CLIENTS } from '../demo/client-list'
import { datadogView } from '../demo/datadog-view'
import { startEnvironment } from '../demo/environment'
import { startLive } from '../demo/live'
import { terminalPage } from './ansi'

const FOLDER = join(__dirname, '..', '..', '..', '.github', 'pictures')
const SIZE = { width: 1280, height: 760 }

async function main(): Promise<void> {
  Object.assign(process.env, { FORCE_COLOR: '1', COLUMNS: '132' })
  let written = '$ npx interceptor node app.js\n'
  const live = await startLive({
    isTTY: false,
    columns: 0,
    write: (text: string) => {
      written += text
    },
  })
  const environment = await startEnvironment(CLIENTS, await datadogView(), live.env)
  try {
    for (const client of CLIENTS) await environment.run(client)
    await live.finish()
    mkdirSync(FOLDER, { recursive: true })
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    })
    await terminal(browser, written)
    await page(browser, live.url)
    await browser.close()
  } finally {
    await environment.close()
    await live.close()
  }
}

async function terminal(browser: Browser, text: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.setContent(terminalPage(text.trimEnd()))
  await page.locator('pre').screenshot({ path: join(FOLDER, 'terminal.png') })
  await page.close()
}

/** Of each view what a person would look at first. */
async function page(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: SIZE })
  await page.goto(url)
  await page.getByLabel('Search calls').fill('createChatCompletion')
  await page.getByRole('row', { name: 'First token' }).waitFor()
  await opened(page)
  await save(page, 'page')
  await page.emulateMedia({ colorScheme: 'dark' })
  await save(page, 'page-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.keyboard.press('Escape')
  await page.getByLabel('Search calls').fill('')
  await page.getByRole('button', { name: 'Waterfall' }).click()
  await save(page, 'waterfall')
  await page.getByRole('button', { name: 'Charts' }).click()
  await page.locator('canvas').nth(5).waitFor()
  await save(page, 'charts')
  await page.close()
}

/** A stream, whose replay can be seen. */
async function opened(page: Page): Promise<void> {
  const stream = page.locator('.row:not(.titles)').filter({ has: page.locator('.first:not(:empty)') })
  await stream.first().click()
  await page.getByRole('region', { name: 'Opened call' }).getByRole('slider').waitFor()
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
}

main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
})
