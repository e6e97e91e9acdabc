import type { IncomingMessage, ServerResponse } from 'node:http'
import { findSecrets, scrub } from '../local/tapes/scrub'
import { saveTape } from '../local/tapes/tape'
import { tapeText } from '../local/tapes/tape-text'
import type { Tape } from '../local/tapes/tape-types'
import { type Capture, capture } from './capture'
import { capturedHosts } from './captured-hosts'
import { type Exchanged, forward } from './forward'
import { openOwnServer } from './own-server'
import { accountOf, secretsOf } from './request-of'
import { nextNumber, numberedName } from './tape-number'
import { tapeOf } from './tape-of'

const ORGANIZATION = /\borg-[A-Za-z0-9]{8,}/g

export interface RecordOptions {
  /** Hosts whose calls are recorded, beside OpenAI's own and those of the environment: as with `play`. */
  readonly hosts?: readonly string[]
  /** Base URL of the API that answers what is sent to `baseURL`; `https://api.openai.com/v1` if not given. */
  readonly upstream?: string
  /**
   * Folder that each tape is written into, as `0001-chat-completions.json`; made if need be. Tapes that are there stay, and
   * numbers go on from theirs: begin with an empty one to replace them.
   */
  readonly folder?: string
}

export interface Recorder {
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** For other processes, as `OPENAI_BASE_URL`; this one's clients need not be told. */
  readonly baseURL: string
  /** Those so far, in the order in which the answers ended. */
  readonly tapes: readonly Tape[]
  /**
   * Stops listening. Rejects with an Error if an exchange could not be kept: it broke off, what looks like a key is left in
   * it, or the folder cannot be written to.
   */
  close(): Promise<void>
}

/**
 * Makes tapes for `play`: takes over the connections of this process to OpenAI's hosts, and to those of the environment,
 * hands every request on to where it went and its answer back as it comes, and keeps both without secrets: credentials,
 * cookies and the account's name are taken out of headers, the query and bodies. Prompts and answers are kept as they are: read a tape before you commit it.
 *
 * Rejects with an Error if `upstream` is no http or https URL, or the folder cannot be made.
 */
export async function record(options: RecordOptions = {}): Promise<Recorder> {
  const { upstream = 'https://api.openai.com/v1', folder, hosts = [] } = options
  if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol)) {
    throw new Error(`record(): upstream is no http or https URL: ${upstream}; write https://api.openai.com/v1`)
  }
  const { origin: target, pathname } = new URL(upstream)
  const tapes: Tape[] = []
  const lost: string[] = []
  let number = nextNumber(folder)
  const keep = (exchanged: Exchanged, place: number): void => {
    const tape = tapeWithoutSecrets(exchanged, place)
    if (folder !== undefined) saveTape(tape, folder)
    tapes.push(tape)
  }
  const relay = (origin: string, request: IncomingMessage, response: ServerResponse, isKept: boolean): void => {
    const what = `${request.method} ${request.url?.replace(/\?.*$/, '')}`
    const place = isKept ? number++ : 0
    forward(origin, request, response, { letThrough: taken.letThrough, isKept })
      .then(exchanged => {
        if (isKept) keep(exchanged, place)
      })
      .catch((cause: unknown) => {
        if (isKept) lost.push(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`)
      })
  }
  const captured = capturedHosts(hosts)
  const taken: Capture = await capture(captured, (request, response) => {
    const origin = taken.originOf(request.socket)
    if (origin === undefined) response.destroy()
    else relay(origin, request, response, captured.find(origin, request.url ?? '/') !== undefined)
  })
  const server = await openOwnServer((request, response) => relay(target, request, response, true))
  return {
    origin: server.origin,
    baseURL: `${server.origin}${pathname.replace(/\/$/, '')}`,
    tapes,
    async close() {
      await taken.close()
      await server.close()
      const failed = lost.splice(0)
      if (failed.length > 0) throw new Error(`not recorded: ${failed.join('; ')}`)
    },
  }
}

/** Throws where what looks like a key is left in it. */
function tapeWithoutSecrets(exchanged: Exchanged, place: number): Tape {
  const { requestHeaders, responseHeaders } = exchanged
  const taped = tapeOf(exchanged)
  // Errors name the organization, of which the request said nothing.
  const named = JSON.stringify(taped.response).match(ORGANIZATION) ?? []
  const bare = scrub(taped, [...secretsOf(requestHeaders), ...accountOf(responseHeaders), ...named])
  const tape = { ...bare, name: numberedName(place, bare) }
  if (findSecrets(tapeText(tape)).length > 0) throw new Error('what looks like a key is left in it')
  return tape
}
