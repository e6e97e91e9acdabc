import assert from 'node:assert'
import { after, before, test } from 'node:test'
import { observe, play } from 'interceptor/testing'
import { summarise } from './summarise.mjs'

let player
before(async () => {
  player = await play(new URL('tapes', import.meta.url).pathname)
})
after(() => player.close())

test('asks once, and gives the answer', async () => {
  const calls = await observe(async () => {
    assert.strictEqual(await summarise('a long text'), 'A text.')
  })
  assert.strictEqual(calls.length, 1)
  assert.strictEqual(calls[0].usage.total, 14)
})

test('what is not on a tape fails', async () => {
  await assert.rejects(summarise('another text'), /no tape answers .*the nearest is "0001-chat-completions"/)
  await assert.rejects(player.close(), /no tape answers/)
})
