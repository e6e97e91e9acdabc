import { suppress } from '../context'
import type { JsonObject } from '../openai/json'
import { systemClock } from '../sinks/intake/clock'
import { batchBody } from '../sinks/intake/delivery'
import { firstThatTakes } from '../sinks/intake/first-that-takes'
import type { EventKind } from '../sinks/intake/kind'
import { createEventSender, type SendResult } from '../sinks/intake/sender'
import type { Target } from '../sinks/intake/target'
import { within } from './trial'

/** What was answered, and by whom, as it is named in messages. */
export interface TrialAnswer {
  readonly answer: SendResult
  readonly shown: string
}

/** Posts one event as the writer of its kind would, to the first target that is there. */
export async function postTrial(
  kind: EventKind,
  targets: readonly Target[],
  event: JsonObject,
  env: NodeJS.ProcessEnv,
): Promise<TrialAnswer> {
  const { timeoutMs, connectTimeoutMs, entryBytes } = kind.limits
  const clock = systemClock
  const options = { kind, env, clock, timeoutMs, connectTimeoutMs, unobserved: suppress }
  const openings = targets.map(target => () => createEventSender({ ...options, target }))
  const sender = firstThatTakes(openings, () => {})
  const json = kind.encode(event, entryBytes)?.json ?? Buffer.from('{}')
  // The sender's own bound comes first; this one holds the process until then.
  const answer = await within(
    targets.length * (timeoutMs + 1_000),
    sender.post(await batchBody(kind, [{ json, at: clock.now() }])),
  )
  sender.close()
  return { answer: answer ?? { failure: 'ETIMEDOUT' }, shown: sender.shown }
}

/** The same for every intake. */
export const WAY_OUT = 'is there a way out from here? HTTPS_PROXY and NO_PROXY are honoured'
