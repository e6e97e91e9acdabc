import type { Exchange, Opening } from './exchange'
import type { Undo } from './shadow'

/** Asked on the app's stack for each request of the process: the exchange to fill, or nothing if it is not ours. */
export type Open = (opening: Opening) => Exchange | undefined

/** Taps one HTTP client of the process until undone. */
export type Transport = (open: Open) => Undo
