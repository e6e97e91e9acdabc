import { observe, play } from 'interceptor/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { summarise } from './summarise.mjs'

let player
beforeAll(async () => {
  player = await play(new URL('tapes', import.meta.url).pathname)
})
afterAll(() => player.close())

test('asks once, and gives the answer', async () => {
  const calls = await observe(async () => {
    expect(await summarise('a long text')).toBe('A text.')
  })
  expect(calls).toHaveLength(1)
  expect(calls[0].usage.total).toBe(14)
})
