const FIRST_MS = 100
const LONGEST_MS = 30_000

/** Exponential with full jitter: anything from nothing to the doubled wait, so that many processes do not come at once. */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
}

const LONGEST_RETRY_AFTER_MS = 5 * 60_000

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds from `wall`; undefined if it is neither. */
export function retryAfterMs(header: unknown, wall: number): number | undefined {
  const value = (Array.isArray(header) ? String(header[0]) : String(header ?? '')).trim()
  const ms = /^\d{1,9}(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - wall
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms))
}
