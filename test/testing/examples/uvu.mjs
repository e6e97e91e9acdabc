import { observe, play } from 'interceptor/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { summarise } from './summarise.mjs'

const test = suite('summarise')

test.before(async context => {
  context.player = await play(new URL('tapes', import.meta.url).pathname)
})
test.after(({ player }) => player.close())

test('asks once, and gives the answer', async () => {
  const calls = await observe(async () => {
    assert.is(await summarise('a long text'), 'A text.')
  })
  assert.is(calls.length, 1)
  assert.is(calls[0].usage.total, 14)
})

test.run()
