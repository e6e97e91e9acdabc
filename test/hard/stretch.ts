/** How long the app's thread was held at a time: CPU of the longest turn of the event loop, in milliseconds. */
export class Stretch {
  longest = 0

  /** Runs it to its end, watching every turn. Its first turn is that in which it is called. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    let over = false
    let before = process.cpuUsage()
    const done = work().finally(() => {
      over = true
    })
    // Somebody else waits for it as well; here it must not be unhandled meanwhile.
    done.catch(() => {})
    while (!over) {
      this.#note(before)
      before = process.cpuUsage()
      await new Promise(resolve => setImmediate(resolve))
    }
    this.#note(before)
    return done
  }

  #note(before: NodeJS.CpuUsage): void {
    const { user, system } = process.cpuUsage(before)
    this.longest = Math.max(this.longest, (user + system) / 1_000)
  }
}

/**
 * Work is bounded by what is counted; this is for what hangs: a turn should cost less than 10 ms, and this is fifty times
 * that, since compilation, garbage collection and zlib's threads are in it.
 */
export const HANGS_MS = 500
