/**
 * `npm run bench:page`: the page of `--ui` with 50,000 calls, in a real Chromium: until the list is there, until all calls
 * are in it, until a search shows what it found, how long the frames take while it is scrolled, and each other view's
 * first drawing.
 *
 *     npm run bench:page -- --calls 50000 --rounds 3 --keep       (--keep writes the README's table)
 */
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
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
/** What the README tells of. */
const KEPT = 50_000
if (asked.keep && CALLS !== KEPT) throw new Error(`--keep writes what ${KEPT} calls take: leave --calls out`)

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

interface Loaded {
  readonly first: number
  readonly all: number
  readonly longest: number
}

/**
 * Run in the page before it is loaded: by its own clock, which begins with the navigation, when a frame had a list and when
 * one had all calls. From outside it would be later by what the test's own connection to the browser waits.
 */
const LOADED = `(() => {
  const loaded = window.loaded = { first: 0, all: 0, longest: 0 }
  let last = 0
  const look = () => requestAnimationFrame(() => {
    const now = performance.now()
    if (loaded.first > 0) loaded.longest = Math.max(loaded.longest, now - last)
    last = now
    const isDrawn = document.querySelectorAll('.row').length > 10
    if (isDrawn && loaded.first === 0) loaded.first = now
    if (isDrawn && !/ of |^0 calls/.test(document.querySelector('[role=status]').textContent)) loaded.all = now
    else look()
  })
  look()
})()`

/** Run in the page. */
const DRAWN = 'new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))'
const FRAMES = `(async () => {
  const times = []
  let last = await new Promise(requestAnimationFrame)
  for (const end = last + 3000; last < end; ) {
    const now = await new Promise(requestAnimationFrame)
    times.push(now - last)
    last = now
  }
  return times.sort((a, b) => a - b)
})()`
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

const ARRIVING = 200
const ARRIVE_EVERY_MS = 20

/** Frames while calls end, fifty a second: the middle one and the longest. */
async function arriving(page: Page, session: Session): Promise<{ middle: number; slow: number }> {
  const later = manyCalls(CALLS + ARRIVING).slice(CALLS)
  const timer = setInterval(() => {
    const next = later.shift()
    if (next === undefined) clearInterval(timer)
    else session.add(next)
  }, ARRIVE_EVERY_MS)
  const frames: number[] = await page.evaluate(FRAMES)
  clearInterval(timer)
  const all = (CALLS + ARRIVING - later.length).toLocaleString('en-US')
  await page.getByText(`${all} calls`, { exact: false }).first().waitFor()
  return { middle: frames[frames.length >> 1] ?? 0, slow: frames.at(-1) ?? 0 }
}

async function round(page: Page, url: string, session: Session): Promise<Times> {
  const status = (text: string) => page.getByText(text, { exact: false }).first().waitFor()
  await page.addInitScript(LOADED)
  await page.goto(url)
  await page.getByText(new RegExp(`^${CALLS.toLocaleString('en-US')} calls, `)).waitFor()
  await page.evaluate(DRAWN)
  const { first, all, longest }: Loaded = await page.evaluate('window.loaded')
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
  await page.keyboard.press('1')
  await page.locator('.row').nth(20).waitFor()
  const live = await arriving(page, session)
  return {
    'from the address to a list, of the newest calls': first,
    'from the address to all calls in it': all,
    'a frame until then, the longest after the first list': longest,
    'from the last letter of a search to what it found': find,
    'back to all': clear,
    'sorted by another column': sort,
    'a frame while scrolling, the middle one': frames.middle,
    'a frame while scrolling, 95 of 100 are shorter': frames.slow,
    'the waterfall': waterfall,
    'the charts': charts,
    'a frame while 50 calls a second end, the middle one': live.middle,
    'a frame while 50 calls a second end, the longest': live.slow,
  }
}

/** Each time a session of its own: calls are added to it. */
async function measured(browser: Browser): Promise<Times> {
  const session = new Session()
  const receiver = await startReceiver({ session, take: line => session.addLine(line) })
  for (const event of manyCalls(CALLS)) session.add(event)
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  try {
    return await round(page, receiver.url, session)
  } finally {
    await page.close()
    await receiver.close()
  }
}

async function main(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const rounds: Times[] = []
  for (let i = 0; i < Number(asked.rounds); i += 1) rounds.push(await measured(browser))
  await browser.close()
  const names = Object.keys(rounds[0] ?? {})
  const middle = names.map(name => [name, `${median(rounds.map(times => times[name] ?? 0)).toFixed(0)} ms`] as const)
  report(`the page with ${CALLS.toLocaleString('en-US')} calls`, Object.fromEntries(middle))
  const rows = [[`with ${KEPT.toLocaleString('en-US')} calls`, 'takes'], ['---', '---'], ...middle]
  if (asked.keep) writeTable('bench-page', rows.map(cells => `| ${cells.join(' | ')} |`).join('\n'))
}

void main()
