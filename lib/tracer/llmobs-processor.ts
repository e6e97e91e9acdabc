import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** What the app registers with `tracer.llmobs.registerProcessor`, to change or drop what is sent. */
export type Processor = (span: unknown) => unknown

/** Which one is registered now. */
export interface FollowedProcessor {
  readonly current: Processor | undefined
  stop(): void
}

/** Where the tracer tells which one was registered (5.132 and 6.21); none where it was taken back. */
const CHANNEL = 'llmobs:register-processor'

/**
 * The app's own span processor, which is to be run on our events too: whoever takes out names there counts on it for
 * OpenAI's calls. Only one that is registered after us is known; `register` is loaded first.
 */
export function followProcessor(): FollowedProcessor {
  let current: Processor | undefined
  const listener = (registered: unknown): void => {
    current = isProcessor(registered) ? registered : undefined
  }
  subscribe(CHANNEL, listener)
  return {
    get current() {
      return current
    },
    stop: () => unsubscribe(CHANNEL, listener),
  }
}

function isProcessor(value: unknown): value is Processor {
  return typeof value === 'function'
}
