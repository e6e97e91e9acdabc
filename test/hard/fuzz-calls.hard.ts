import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { changes, noises, tapesOfEachShape, wireOf } from './damage'
import { checkOutputs, Reading, timeless } from './exchange'
import { tries } from './seed'
import { HANGS_MS, Stretch } from './stretch'
import { counted, tried } from './tried'

/** Whole exchanges as they are read after their end: decoded, parsed, read, filtered, counted, priced, put out. */
const calls = suite('exchanges of damaged tapes')

const RUNS = 24_000
const tapes = tapesOfEachShape()
const damaged = fc.record({ tape: fc.constantFrom(...tapes), request: changes, response: changes, noise: noises })
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

calls('every tape as it is, in one piece and in pieces of a byte', async () => {
  const reading = new Reading()
  for (const tape of tapes) {
    const wire = wireOf({ tape, request: [], response: [], noise: [] })
    const whole = await reading.of(wire)
    if (whole !== undefined) checkOutputs(whole)
    if (wire.response.length > 4_000) continue
    const bytes = Array.from({ length: wire.response.length }, (_, i) => i / wire.response.length)
    assert.equal(timeless(await reading.of(wire, bytes)), timeless(whole), tape)
  }
})

const FILTERS = {
  'as it is': {},
  'everything redacted': { redactPatterns: ['key', 'bearer', 'email', 'card'] },
  'capture off, bodies kept to 2,000 bytes': { captureContent: false, maxBodyBytes: 2_000 },
}

for (const [name, settings] of Object.entries(FILTERS)) {
  calls(`no reader throws, none holds the thread, and pieces give what the whole gives: ${name}`, async () => {
    const reading = new Reading(settings)
    const stretch = new Stretch()
    const done = await tries(
      fc.asyncProperty(damaged, cuts, async (damage, borders) => {
        const wire = wireOf(damage)
        const whole = await stretch.of(() => reading.of(wire))
        if (whole === undefined) return
        checkOutputs(whole)
        assert.equal(timeless(await reading.of(wire, borders)), timeless(whole))
      }),
      RUNS / Object.keys(FILTERS).length,
    )
    assert.is(Reflect.get({}, 'polluted'), undefined)
    assert.ok(stretch.longest < HANGS_MS, `${stretch.longest} ms`)
    tried({
      what: `a tape of ${counted(tapes.length)} shapes with values dropped, swapped, huge, deep, repeated, bytes changed; ${name}`,
      times: done,
      held: 'nothing thrown, outputs by the book, memory given back, pieces read like the whole',
      measured: `longest turn ${stretch.longest.toFixed(0)} ms of CPU`,
    })
  })
}

calls.run()
