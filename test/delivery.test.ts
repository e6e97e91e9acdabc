import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Delivery } from '../lib/delivery'
import { madeCall } from './page-calls'

const test = suite('the delivery of a call to the sinks')

const { call: CALL } = madeCall('a')

test('a call is pending until the last sink has it', async () => {
  const delivery = new Delivery()
  const seen: number[] = []
  const end = (): void => void seen.push(delivery.pending)
  const delivered = delivery.inTurns([end, end, end], CALL)
  assert.is(delivery.pending, 1)
  await delivered
  assert.equal([seen, delivery.pending], [[1, 1, 1], 0])
})

test('a process that ends in between: the rest have it at once, and nobody twice', async () => {
  const delivery = new Delivery()
  const given: string[] = []
  const ends = ['spans', 'metrics', 'file'].map(name => () => {
    given.push(name)
    // The app's own code, in a later turn, ends the process.
    if (name === 'spans') delivery.rest()
  })
  await delivery.inTurns(ends, CALL)
  delivery.rest()
  assert.equal(given, ['spans', 'metrics', 'file'])
})

test('a sink that throws keeps it from no other', async () => {
  const delivery = new Delivery()
  const given: string[] = []
  const throwing = (): never => {
    throw new Error('no')
  }
  await delivery.inTurns([throwing, () => given.push('metrics')], CALL)
  assert.equal([given, delivery.pending], [['metrics'], 0])
})

test.run()
