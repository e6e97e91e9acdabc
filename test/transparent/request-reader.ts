interface Events {
  /** Is it the first one of its connection? */
  readonly first: boolean
  head(): void
  body(): void
}

/** Reads one request off a connection, byte for byte, and tells where it ends. */
export class RequestReader {
  scene = ''
  path = ''
  method = ''
  readonly first: boolean
  readonly #events: Events
  #bytes = ''
  #bodyAt = -1
  #done = false

  constructor(events: Events) {
    this.#events = events
    this.first = events.first
  }

  get bytes(): string {
    return this.#bytes
  }

  /** Takes what is this request's and gives back what is the next one's, if there is any. */
  take(chunk: Buffer): Buffer | undefined {
    this.#bytes += chunk.toString('latin1')
    if (this.#bodyAt < 0) this.#readHead()
    const end = this.#bodyAt < 0 ? -1 : this.#end()
    if (end < 0) return undefined
    const rest = Buffer.from(this.#bytes.slice(end), 'latin1')
    this.#bytes = this.#bytes.slice(0, end)
    if (!this.#done) {
      this.#done = true
      this.#events.body()
    }
    return rest.length > 0 ? rest : undefined
  }

  #readHead(): void {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) return
    this.#bodyAt = end + 4
    ;[this.method = '', this.path = ''] = this.#bytes.split(' ', 2)
    this.scene = this.#header('openai-organization') ?? ''
    this.#events.head()
  }

  /** Where the request ends; -1 as long as it does not. */
  #end(): number {
    if (this.#header('transfer-encoding') !== undefined) {
      const last = this.#bytes.indexOf('0\r\n\r\n', this.#bodyAt)
      return last < 0 ? -1 : last + 5
    }
    const end = this.#bodyAt + Number(this.#header('content-length') ?? 0)
    return this.#bytes.length < end ? -1 : end
  }

  #header(name: string): string | undefined {
    return new RegExp(`\r\n${name}: ([^\r]*)`, 'i').exec(this.#bytes.slice(0, this.#bodyAt))?.[1]
  }
}
