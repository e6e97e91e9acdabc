import { decoded } from '../local/tapes/decoded'
import { tapeContent } from '../local/tapes/tape-body'
import type { Tape } from '../local/tapes/tape-types'
import { eventTimes } from './event-times'
import type { Exchanged } from './forward'
import { askedHeaders, textHeaders } from './request-of'

/** The tape of an exchange; it is not named and not scrubbed yet. Throws where the answer cannot be decoded. */
export function tapeOf(exchanged: Exchanged): Tape {
  const { method, url, status, requestHeaders, requestBody, responseHeaders, responseBody } = exchanged
  const contentEncoding = responseHeaders['content-encoding']
  const content = tapeContent(decoded(responseBody, contentEncoding ?? ''), responseHeaders['content-type'])
  const eventsMs = eventTimes(exchanged, content.events)
  return {
    version: 1,
    name: '',
    source: `recorded ${new Date().toISOString().slice(0, 10)} from ${new URL(url).host}`,
    request: {
      method,
      url,
      headers: askedHeaders(requestHeaders),
      ...tapeContent(requestBody, requestHeaders['content-type']),
    },
    response: {
      status,
      headers: textHeaders(responseHeaders),
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      ...(eventsMs === undefined ? {} : { eventsMs }),
      ...content,
    },
  }
}
