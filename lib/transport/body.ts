import { tally } from '../counters'
import type { Budget } from './budget'

const SMALLEST_BLOCK = 1024
const LARGEST_BLOCK = 64 * 1024
/** Arrival times are kept for so many chunks. */
const MOST_MARKS = 8192
/** Beyond those, exactly for the first half; the later ones are then thinned out, again and again. */
const EXACT_MARKS = MOST_MARKS / 2
const LEAST_SPACING_MS = 0.1
/** They are paid for in advance, so many at a time: those of 10,000 streams would be a gigabyte. */
const MARKS_AT_ONCE = 32
const BYTES_OF_A_MARK = 16

/** Longer texts are encoded in part. */
const LONG_TEXT = 1_048_576
/** The size of longer ones is their number of characters. */
const LONGEST_COUNTED = 16 * 1_048_576

interface Block {
  readonly bytes: Buffer
  used: number
}

/**
 * One side's bytes as they pass, kept up to a limit as head and tail, since usage stands at the end of an answer.
 *
 * Chunks are copied: a kept reference would pin the socket's 64 KiB read buffer for 100 bytes, and would change when
 * the app reuses its memory. They are copied into growing blocks, not kept as one buffer each: 100,000 chunks of two
 * bytes would otherwise cost 10 MB of objects.
 */
export class Body {
  /** Bytes seen, kept or not. */
  size = 0
  /** Wire chunks seen. */
  chunks = 0
  /** Milliseconds on the monotonic clock. */
  firstAt: number | undefined
  lastAt: number | undefined
  /** The longest silence between two chunks, in milliseconds. */
  longestGap = 0
  /**
   * The offset at which each chunk begins, and when it came. Of a stream of more chunks than fit, the later ones are told
   * to `markedEveryMs`.
   */
  readonly markOffsets: number[] = []
  readonly markTimes: number[] = []
  markedEveryMs = 0

  readonly #headLimit: number
  readonly #tailLimit: number
  #head: Block[] = []
  #tail: Block[] = []
  #headBytes = 0
  #tailBytes = 0
  #taken = 0
  #paidMarks = 0
  #letGo = false

  constructor(
    readonly limit: number,
    private readonly budget: Budget,
  ) {
    this.#headLimit = Math.ceil(limit / 2)
    this.#tailLimit = limit - this.#headLimit
  }

  /** Takes note of a chunk. A string is UTF-8 on the wire unless `encoding` says otherwise. */
  add(chunk: unknown, now: number, encoding?: BufferEncoding): void {
    if (typeof chunk === 'string' && chunk.length > Math.max(LONG_TEXT, 2 * this.limit) && isUtf8(encoding)) {
      this.#addLong(chunk, now)
      return
    }
    const bytes = bytesOf(chunk, encoding)
    if (bytes === undefined || bytes.length === 0) return
    this.#note(now)
    this.size += bytes.length
    if (this.#letGo) return
    const rest = this.#headBytes < this.#headLimit ? this.#fillHead(bytes) : bytes
    if (rest.length > 0) this.#fillTail(rest)
  }

  /** On the app's stack 100 MB of text take 50 ms to encode: only what is kept is. Counting takes 0.1 ms a megabyte. */
  #addLong(text: string, now: number): void {
    this.#note(now)
    this.size += text.length > LONGEST_COUNTED ? text.length : Buffer.byteLength(text)
    if (!this.#letGo) this.#fillHead(Buffer.from(text.slice(0, this.#headLimit - this.#headBytes)))
    if (!this.#letGo) this.#fillTail(Buffer.from(text.slice(text.length - this.#tailLimit)))
  }

  /**
   * What was kept. `tail` follows `head` without a gap unless bytes are `missing` between them. Of the tail, blocks hold
   * more than its limit, how much more depends on the chunks: what is read must depend on the bytes alone.
   */
  kept(): { head: Buffer; tail: Buffer; missing: number } {
    const head = join(this.#head)
    const tail = endOf(join(this.#tail), this.#tailLimit)
    return { head, tail, missing: this.size - head.length - tail.length }
  }

  /** Taken from the budget, and not given back. */
  get heldBytes(): number {
    return this.#taken
  }

  /**
   * The same, handed over: the bytes are the caller's, and stay taken from the budget until `release`, so that what is
   * being read counts like what is being received.
   */
  handOver(): { head: Buffer; tail: Buffer; missing: number } {
    const kept = this.kept()
    this.#head = []
    this.#tail = []
    return kept
  }

  /** An empty body under the same budget: for what comes out of this one when it is decompressed. */
  another(limit: number): Body {
    return new Body(limit, this.budget)
  }

  /** Gives the memory back. */
  release(): void {
    this.#head = []
    this.#tail = []
    this.#headBytes = 0
    this.#tailBytes = 0
    this.budget.give(this.#taken)
    this.#taken = 0
    this.#letGo = true
  }

  #note(now: number): void {
    this.chunks += 1
    if (this.lastAt === undefined) this.firstAt = now
    else this.longestGap = Math.max(this.longestGap, now - this.lastAt)
    this.lastAt = now
    if (this.#letGo) return
    if (this.markOffsets.length === MOST_MARKS) this.#thinMarks()
    if (this.markedEveryMs > 0 && now - (this.markTimes.at(-1) ?? 0) < this.markedEveryMs) return
    if (this.markOffsets.length === this.#paidMarks) {
      if (!this.#take(MARKS_AT_ONCE * BYTES_OF_A_MARK)) return
      this.#paidMarks += MARKS_AT_ONCE
    }
    this.markOffsets.push(this.size)
    this.markTimes.push(now)
  }

  /** 20 µs every few thousand chunks. Half of the later marks go, at least: of what came at once only the first stays. */
  #thinMarks(): void {
    const { markTimes: times, markOffsets: offsets } = this
    const first = times[EXACT_MARKS] ?? 0
    const span = (times.at(-1) ?? 0) - first
    this.markedEveryMs = Math.max(2 * this.markedEveryMs, (2 * span) / (MOST_MARKS - EXACT_MARKS), LEAST_SPACING_MS)
    let kept = EXACT_MARKS
    for (let i = EXACT_MARKS; i < times.length; i += 1) {
      const [at = 0, offset = 0] = [times[i], offsets[i]]
      if (at - (times[kept - 1] ?? 0) < this.markedEveryMs) continue
      times[kept] = at
      offsets[kept] = offset
      kept += 1
    }
    times.length = kept
    offsets.length = kept
  }

  #take(bytes: number): boolean {
    if (!this.budget.take(bytes)) {
      tally('bodies.out_of_budget')
      return false
    }
    this.#taken += bytes
    return true
  }

  #fillHead(bytes: Uint8Array): Uint8Array {
    const room = this.#headLimit - this.#headBytes
    // A view of some bytes takes as long as copying a thousand: it is made only where a chunk is cut.
    const share = bytes.length <= room ? bytes : bytes.subarray(0, room)
    if (!this.#append(this.#head, share, room)) return NOTHING
    this.#headBytes += share.length
    return share === bytes ? NOTHING : bytes.subarray(share.length)
  }

  #fillTail(bytes: Uint8Array): void {
    if (this.#tailLimit === 0) return
    if (bytes.length >= this.#tailLimit) this.#dropTail(0)
    const share = bytes.length <= this.#tailLimit ? bytes : bytes.subarray(bytes.length - this.#tailLimit)
    if (!this.#append(this.#tail, share, this.#tailLimit)) return
    this.#tailBytes += share.length
    this.#dropTail(this.#tailLimit)
  }

  /** Drops whole blocks from the tail's front while what remains still fills `keep`. */
  #dropTail(keep: number): void {
    let oldest = this.#tail[0]
    while (oldest !== undefined && this.#tailBytes - oldest.used >= keep) {
      this.#tail.shift()
      this.#tailBytes -= oldest.used
      this.#taken -= oldest.bytes.length
      this.budget.give(oldest.bytes.length)
      oldest = this.#tail[0]
    }
  }

  /** False if the budget is spent: then this body is released. */
  #append(blocks: Block[], bytes: Uint8Array, most: number): boolean {
    let at = 0
    while (at < bytes.length) {
      let block = blocks.at(-1)
      if (block === undefined || block.used === block.bytes.length) {
        block = this.#grow(bytes.length - at, most - at)
        if (block === undefined) return false
        blocks.push(block)
      }
      const room = block.bytes.length - block.used
      const part = at === 0 && bytes.length <= room ? bytes : bytes.subarray(at, at + room)
      block.bytes.set(part, block.used)
      block.used += part.length
      at += part.length
    }
    return true
  }

  #grow(wanted: number, most: number): Block | undefined {
    const room = Math.max(wanted, Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, this.#taken)))
    const size = Math.min(room, LARGEST_BLOCK, most)
    if (!this.#take(size)) {
      this.release()
      return undefined
    }
    // Not from the shared pool: a pooled slice would keep its neighbours' memory alive.
    return { bytes: Buffer.allocUnsafeSlow(size), used: 0 }
  }
}

function isUtf8(encoding: BufferEncoding | undefined): boolean {
  return encoding === undefined || encoding === 'utf8' || encoding === 'utf-8'
}

function bytesOf(chunk: unknown, encoding: BufferEncoding | undefined): Uint8Array | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding)
  if (chunk instanceof Uint8Array) return chunk
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return undefined
}

function endOf(bytes: Buffer, most: number): Buffer {
  return bytes.subarray(Math.max(0, bytes.length - most))
}

const NOTHING = Buffer.alloc(0)

function join(blocks: readonly Block[]): Buffer {
  const [only = { bytes: NOTHING, used: 0 }] = blocks
  if (blocks.length < 2) return only.bytes.subarray(0, only.used)
  return Buffer.concat(blocks.map(({ bytes, used }) => bytes.subarray(0, used)))
}
