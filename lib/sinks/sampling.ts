const MOST_ID = 2n ** 64n - 1n
const SPREAD = 1_111_111_111_111_111_111n

/**
 * Is this trace's content shown? The Python integration's own arithmetic, so that one trace is sampled alike wherever
 * its calls are made, and what a lower rate takes is part of what a higher one takes. `id`: the trace id's low 64
 * bits; a rate out of 0 to 1 counts as the nearer end.
 */
export function sampled(id: bigint, rate: number): boolean {
  // Their comparison is of a whole number with a float: exact, so the float's whole part decides.
  const most = BigInt(Math.floor(Math.min(Math.max(rate, 0), 1) * Number(MOST_ID)))
  return (BigInt.asUintN(64, id) * SPREAD) % MOST_ID <= most
}
