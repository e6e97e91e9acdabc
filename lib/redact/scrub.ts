import { pause } from '../turns'
import { type Form, formsOf, LEAST, longestLookedFor } from './forms'
import { type FormAt, GRAM, Grams, same } from './grams'
import { createUnmask } from './masked'
import type { Secret } from './secret'

/** Takes a call's credentials out of a text that echoes them. The text itself where it does not. */
export type Scrub = (text: string) => string

/** Any run of the `LEAST` characters of a form has a gram at a multiple of this. */
const STRIDE = LEAST - GRAM + 1
const BUCKETS = 1 << 14

interface Extent {
  readonly start: number
  readonly end: number
  readonly shown: string
}

/**
 * In whole or in part, percent-encoded (every letter, too), JSON-escaped, in base64, in hexadecimal, in another case, or masked in the
 * middle as servers do it (`Incorrect API key provided: sk-ab******cdef`).
 *
 * Every text of every call passes here and nearly none holds an echo, so what counts is to see that soon: every fifth
 * position is looked up in a bitmap of the credentials' three-letter beginnings, and only what is there is looked at
 * (0.6 ms for a text of 1 MB, however many the credentials and their forms).
 */
export function createScrub(secrets: readonly Secret[]): Scrub {
  const making = makeScrub(secrets)
  let made = making.next()
  while (!made.done) made = making.next()
  return made.value
}

/** The same in slices: for 16 kB of credentials it is 30 to 100 ms of work. */
export async function createScrubInTurns(secrets: readonly Secret[]): Promise<Scrub> {
  const making = makeScrub(secrets)
  for (;;) {
    await pause()
    const made = making.next()
    if (made.done) return made.value
  }
}

/** Stops after every piece of the work. */
function* makeScrub(secrets: readonly Secret[]): Generator<undefined, Scrub> {
  const longest = longestLookedFor(secrets)
  const forms: Form[] = []
  for (const secret of secrets) {
    forms.push(...formsOf(secret, longest))
    yield
  }
  const short = wholeOnly(forms.filter(({ text, least }) => text.length < least))
  const long = forms.filter(({ text, least }) => text.length >= least)
  const unmask = createUnmask(secrets)
  const grams = new Grams(long)
  yield* grams.fill()
  const beginnings = new Uint8Array(BUCKETS)
  for (const { text } of long) {
    for (let at = 0; at + GRAM <= text.length; at += 1) beginnings[bucket(text, at)] = 1
    yield
  }
  return text => withoutParts(short(unmask(text)), grams, beginnings)
}

function withoutParts(text: string, grams: Grams, beginnings: Uint8Array): string {
  let clean = ''
  let from = 0
  for (let i = 0; i + GRAM <= text.length; i += STRIDE) {
    if (beginnings[bucket(text, i)] === 0) continue
    const places = grams.placesOf(text, i)
    if (places.length === 0) continue
    const { start, end, shown } = widest(places.map(place => extent(text, i, from, place)))
    if (start === end) continue
    clean += text.slice(from, start) + shown
    from = end
    i = Math.max(i, end - STRIDE)
  }
  return from === 0 ? text : clean + text.slice(from)
}

function bucket(text: string, at: number): number {
  const folded = (text.charCodeAt(at) | 32) * 961 + (text.charCodeAt(at + 1) | 32) * 31 + (text.charCodeAt(at + 2) | 32)
  return folded & (BUCKETS - 1)
}

/** How far text and credential agree around a gram; nothing where that is too little or what all such keys share. */
function extent(text: string, i: number, from: number, { form, at }: FormAt): Extent {
  let before = 0
  while (i - before > from && at - before > 0 && same(text, i - before - 1, form.text, at - before - 1)) before += 1
  let after = GRAM
  while (i + after < text.length && at + after < form.text.length && same(text, i + after, form.text, at + after)) {
    after += 1
  }
  const tells = before + after >= form.least && at + after > form.common
  return { start: tells ? i - before : i, end: tells ? i + after : i, shown: form.shown }
}

function widest(extents: readonly Extent[]): Extent {
  return extents.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a))
}

/** Of passwords of eight letters no part is looked for. */
function wholeOnly(forms: readonly Form[]): Scrub {
  if (forms.length === 0) return text => text
  const shown = new Map(forms.map(form => [form.text, form.shown]))
  const sources = [...shown.keys()].sort((a, b) => b.length - a.length)
  const any = new RegExp(sources.map(source => source.replace(/[^a-z0-9]/g, '\\$&')).join('|'), 'gi')
  return text => text.replace(any, found => shown.get(found.toLowerCase()) ?? '[redacted]')
}
