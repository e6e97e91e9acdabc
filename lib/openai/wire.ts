/**
 * What passed on the wire, for somebody to look at: credentials are hidden, the rules of content and redaction are
 * applied, and each body is bounded as the settings say (`INTERCEPTOR_MAX_BODY_BYTES`).
 */
export interface Wire {
  readonly request: WireSide & {
    readonly method: string
    /** With the query; the values of credentials are hidden. */
    readonly url: string
  }
  /** Absent where no head of an answer came. */
  readonly response?: WireSide & { readonly status: number }
}

/** One side, its content encoding taken off. It has `body` or `chunks` or neither. */
export interface WireSide {
  /** Names in lower case, in the order of the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Decoded bytes in all, kept or not. */
  readonly bytes: number
  readonly body?: string
  /** Of a stream of events, instead of `body`: their texts joined are it. */
  readonly chunks?: readonly WireChunk[]
  /** Bytes that were not kept, and where in the kept text (code units from its start) they are missing. */
  readonly cut?: { readonly at: number; readonly bytes: number }
  /**
   * Why there is no text: `binary`; `off`: content is not captured; `redacted`: it could not be redacted as it stands (a stream,
   * what is no JSON), the call's record has what may be seen; `unreadable`: an unknown or broken encoding.
   */
  readonly withheld?: 'binary' | 'off' | 'redacted' | 'unreadable'
}

/** A part of an answer as it arrived. */
export interface WireChunk {
  /** Milliseconds from the call's start. */
  readonly ms: number
  readonly bytes: number
  /** Absent where the text is withheld. */
  readonly text?: string
}
