/** What an answer's status means for the batch and for the next one. */
export type Verdict =
  /** Taken. */
  | 'taken'
  /** Something in it is not to the intake's liking: find it. */
  | 'bad'
  /** The key is wrong. */
  | 'key'
  /** Not now. */
  | 'later'
  /** This is not the logs intake. */
  | 'address'

const VERDICTS: Readonly<Record<number, Verdict>> = {
  400: 'bad',
  401: 'key',
  403: 'key',
  408: 'later',
  413: 'bad',
  422: 'bad',
  429: 'later',
}

export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken'
  return VERDICTS[status] ?? (status >= 500 ? 'later' : 'address')
}
