import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startWorld, type World } from './world'

const PATH = '/v1/chat/completions'
const test = suite<{ world: World }>('turns on spans')

test.before(async context => {
  context.world = await startWorld()
})
test.after(async ({ world }) => world.stop())

async function ask({ openai }: World, messages: object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'gpt-4o', messages })
  await (await fetch(openai.origin + PATH, { method: 'POST', headers, body })).arrayBuffer()
}

test('two calls of one conversation have the same turn, in their order', async ({ world }) => {
  const message = { role: 'assistant', content: 'hello' }
  world.openai.respond(PATH, (request, response) => {
    request.resume().on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ object: 'chat.completion', model: 'gpt-4o', choices: [{ index: 0, message }] }))
    })
  })
  const spans = await world.spansOf(2, async () => {
    const opened = [{ role: 'user', content: 'hi' }]
    await ask(world, opened)
    await ask(world, [...opened, message, { role: 'user', content: 'and?' }])
  })
  const [first, second] = [...spans].sort((a, b) => Number(a.start - b.start))
  assert.match(String(first?.meta['openai.turn.id']), /^[0-9a-f]{16}$/)
  assert.is(second?.meta['openai.turn.id'], first?.meta['openai.turn.id'])
  assert.equal([first?.metrics['openai.turn.index'], second?.metrics['openai.turn.index']], [1, 2])
  assert.is(second?.metrics['openai.request.prefix_kept'], 1)
})

test.run()
