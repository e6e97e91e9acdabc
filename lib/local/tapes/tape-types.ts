import type { Json } from '../../openai/json'

// Types alone, and none of Node's: they are public, and an app may have no types of Node.

/** One server-sent event of a tape. `data` is parsed where it is a JSON object or list, else the text as sent. */
export interface TapeEvent {
  event?: string
  data: Json
}

/** A multipart body that can be read in a diff and still gives its exact bytes back. */
export interface MultipartForm {
  boundary: string
  parts: FormPart[]
  /** What follows the closing delimiter, where it is not one line break: some clients send none, or two. */
  end?: string
}

export interface FormPart {
  headers: string[]
  text?: string
  base64?: string
}

/** A body, in the most readable of these forms that gives it back. None of them: no body. */
export interface Content {
  /** A JSON document: the same value comes back, not the same white space. */
  body?: Json
  /** A stream of server-sent events. */
  events?: TapeEvent[]
  form?: MultipartForm
  text?: string
  bodyBase64?: string
}

/** One recorded exchange. Bodies are decoded; `contentEncoding` says how the answer was sent. */
export interface Tape {
  /** Of the form; absent means 1. */
  version?: 1
  /** The file's name without `.json`. */
  name: string
  /** Where the recording is from, or that it was written from the API's documentation. */
  source: string
  note?: string
  request: Content & { method: string; url: string; headers: Record<string, string> }
  response: Content & {
    status: number
    headers: Record<string, string>
    contentEncoding?: string
    /** When each of `events` was complete: milliseconds after the first byte of the body. */
    eventsMs?: number[]
  }
}
