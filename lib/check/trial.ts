/** What became of something that was sent to try the way. */
export type TrialResult = 'accepted' | 'cannot be confirmed' | 'not accepted' | 'off'

export interface Trial {
  readonly name: 'span' | 'metric' | 'log' | 'llmobs'
  /** Where it was sent, without secrets. */
  readonly where: string
  readonly result: TrialResult
  /** What was seen, and so all that the result rests on. */
  readonly because: string
  /** What to do about it. */
  readonly remedy?: string
}

export type TrialOutcome = Pick<Trial, 'result' | 'because' | 'remedy'>

export function refusal(because: string, remedy: string): TrialOutcome {
  return { result: 'not accepted', because, remedy }
}

/** The promise's value, or undefined after `ms` milliseconds. Holds the process for as long. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, ms, undefined)
  })
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}
