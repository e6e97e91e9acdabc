/** Megabytes in use after garbage collection; needs `--expose-gc`. */
export function heapMb(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}
