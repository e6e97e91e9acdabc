import type { Exchange, Opening } from './exchange'
import type { Undo } from './shadow'

/** Asked on the app's stack for each request of the process: the exchange to fill, or nothing if it is not ours. */
export type Open = (opening: Opening) => Exchange | undefined

/** Asked for each request of the process: may one to this origin be ours? */
export type Concerns = (origin: string) => boolean

/** Taps one HTTP client of the process until undone. */
export type Transport = (open: Open, concerns: Concerns) => Undo
