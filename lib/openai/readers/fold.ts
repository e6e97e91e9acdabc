import type { Json } from '../json'

/**
 * What a stream adds up to, told event by event: `for (let event = yield; event !== undefined; event = yield)`. No event
 * need be kept for it, and whoever tells them can stop between any two for the app to have its turn.
 */
export type Fold = Generator<undefined, Json, Json | undefined>

/** A fold that waits for its first event. */
export function begun(fold: Fold): Fold {
  fold.next()
  return fold
}

/** The plain answer, when there are no more events. */
export function foldOf(fold: Fold): Json {
  const { value, done } = fold.next(undefined)
  return done === true ? value : null
}

/** All at once, where they are few. */
export function foldAll(fold: Fold, events: Iterable<Json>): Json {
  begun(fold)
  for (const event of events) fold.next(event)
  return foldOf(fold)
}
