/**
 * `npm run bench:page`: the page of `--ui` with 50,000 calls, in a real Chromium: until the list is there, until a search
 * shows what it found, how long the frames take while it is scrolled, and each other view's first drawing.
 *
 *     npm run bench:page -- --calls 50000 --rounds 3 --keep       (--keep writes the README's table)
 */
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { startReceiver } from '../dist/live/receiver'
import { Session } from '../dist/live/session'
import { manyCalls } from '../test/page-calls'
import { median, report } from './measure'
import { writeTable } from './table'

const { values: asked } = parseArgs({
  options: {
    calls: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
  },
})
const CALLS = Number(asked.calls)

/** Milliseconds by what was done. */
type Times = Readonly<Record<string, number>>

/** Until something is there and the browser has drawn it. */
async function until(page: Page, act: () => Promise<unknown>, there: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await act()
  await there()
  await page.evaluate(DRAWN)
  return performance.now() - begun
}

/** Run in the page. */
const DRAWN = 'new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))'
const SCROLLED = `(async () => {
  const list = document.querySelector('.rows')
  const times = []
  let last = await new Promise(requestAnimationFrame)
  for (let i = 0; i < 200; i += 1) {
    list.scrollTop += 1000 * 32 * (i % 50 === 49 ? -40 : 1)
    const now = await new Promise(requestAnimationFrame)
    times.push(now - last)
    last = now
  }
  return times.sort((a, b) => a - b)
})()`

/** Frames while the list is scrolled by a thousand rows each: the middle one, and what 95 of 100 are shorter than. */
async function scrolled(page: Page): Promise<{ middle: number; slow: number }> {
  const frames: number[] = await page.evaluate(SCROLLED)
  return { middle: frames[frames.length >> 1] ?? 0, slow: frames[Math.floor(frames.length * 0.95)] ?? 0 }
}

async function round(page: Page, url: string): Promise<Times> {
  const status = (text: string) => page.getByText(text, { exact: false }).first().waitFor()
  const first = await until(
    page,
    () => page.goto(url),
    () => status(`${CALLS.toLocaleString('en-US')} calls`),
  )
  const search = page.getByLabel('Search calls')
  const find = await until(
    page,
    () => search.fill(`call ${CALLS - 7}`),
    () => status('1 shown'),
  )
  const clear = await until(
    page,
    () => search.fill(''),
    () => page.locator('.row').nth(20).waitFor(),
  )
  const sort = await until(
    page,
    () => page.getByRole('button', { name: 'Cost' }).click(),
    () => page.locator('[aria-sort=descending].cost').waitFor(),
  )
  const frames = await scrolled(page)
  const waterfall = await until(
    page,
    () => page.keyboard.press('2'),
    () => page.locator('.lane').first().waitFor(),
  )
  const charts = await until(
    page,
    () => page.getByRole('button', { name: 'Charts' }).click(),
    () => page.locator('canvas').first().waitFor(),
  )
  return {
    'from the address to the list': first,
    'from the last letter of a search to what it found': find,
    'back to all': clear,
    'sorted by another column': sort,
    'a frame while scrolling, the middle one': frames.middle,
    'a frame while scrolling, 95 of 100 are shorter': frames.slow,
    'the waterfall': waterfall,
    'the charts': charts,
  }
}

async function main(): Promise<void> {
  const session = new Session()
  const receiver = await startReceiver({ session, take: line => session.addLine(line) })
  for (const event of manyCalls(CALLS)) session.add(event)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const rounds: Times[] = []
  for (let i = 0; i < Number(asked.rounds); i += 1) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    rounds.push(await round(page, receiver.url))
    await page.close()
  }
  await browser.close()
  await receiver.close()
  const names = Object.keys(rounds[0] ?? {})
  const middle = names.map(name => [name, `${median(rounds.map(times => times[name] ?? 0)).toFixed(0)} ms`] as const)
  report(`the page with ${CALLS.toLocaleString('en-US')} calls`, Object.fromEntries(middle))
  const rows = [['with 50,000 calls', 'takes'], ['---', '---'], ...middle]
  if (asked.keep) writeTable('bench-page', rows.map(cells => `| ${cells.join(' | ')} |`).join('\n'))
}

void main()
