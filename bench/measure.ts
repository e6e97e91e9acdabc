/** The middle of many: single timings on a shared machine say little. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

/**
 * Times two ways of doing the same in turn, A B A B …, so that a machine whose speed drifts slows both alike. Gives
 * the median milliseconds of each and the median of the ratios B/A pair by pair.
 */
export async function paired(
  rounds: number,
  a: () => Promise<void>,
  b: () => Promise<void>,
): Promise<{ a: number; b: number; ratio: number }> {
  await a()
  await b()
  const times: { a: number; b: number }[] = []
  for (let i = 0; i < rounds; i += 1) times.push({ a: await timed(a), b: await timed(b) })
  return {
    a: median(times.map(time => time.a)),
    b: median(times.map(time => time.b)),
    ratio: median(times.map(time => time.b / time.a)),
  }
}

async function timed(fn: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await fn()
  return performance.now() - start
}

export function report(title: string, rows: Record<string, string>): void {
  console.log(`\n${title}`)
  for (const [name, value] of Object.entries(rows)) console.log(`  ${name.padEnd(58)} ${value}`)
}
