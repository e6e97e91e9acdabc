import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shownCommand } from '../lib/cli/shown-command'

/** The command that a session keeps: sessions are saved, and given to others. */

const test = suite('the command of a session')

const KEY = `sk-${'proj'}-Ab3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3`

const shown = (command: string, options = {}, env = {}): string =>
  shownCommand(command.split(' '), options, env).join(' ')

for (const [command, left] of [
  [`node app.js ${KEY}`, 'node app.js [redacted key]'],
  ['env OPENAI_API_KEY=abc node app.js', 'env OPENAI_API_KEY=[redacted] node app.js'],
  ['node app.js --api-key hunter2 --token=abc', 'node app.js --api-key [redacted] --token=[redacted]'],
  ['node app.js -H bearer:x https://me:pass@example.com/x', 'node app.js -H bearer:x https://example.com/x'],
  [`sh -c OPENAI_API_KEY=${KEY}`, 'sh -c OPENAI_API_KEY=[redacted]'],
] as const) {
  test(`${command.replace(KEY, 'KEY')}: its keys are not kept`, () => {
    assert.is(shown(command), left)
  })
}

test('what is no key is kept', () => {
  for (const command of [
    'npm run dev',
    'node --import tsx app.ts --max-tokens 100 --author=me',
    'node app.js --auth -v',
  ])
    assert.is(shown(command), command)
})

test('e-mail addresses go where they are to go from all else', () => {
  const command = 'node app.js joe@example.com'
  assert.is(shown(command), command)
  assert.is(shown(command, { redact: true }), 'node app.js [redacted email]')
  assert.is(shown(command, {}, { INTERCEPTOR_REDACT: 'email' }), 'node app.js [redacted email]')
})

test('without content there is the program alone: a prompt may be an argument', () => {
  const command = 'node app.js summarise this'
  assert.is(shown(command, { content: false }), 'node ...')
  assert.is(shown(command, {}, { INTERCEPTOR_CAPTURE_CONTENT: 'off' }), 'node ...')
  assert.is(shown(command, { content: true }, { INTERCEPTOR_CAPTURE_CONTENT: 'true' }), command)
  assert.is(shown('app', { content: false }), 'app')
})

test.run()
