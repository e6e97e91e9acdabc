import type { Call, StreamFacts } from './call'
import type { Pricer } from './price'
import { spends } from './price/spends'
import { paceOf, type ReadCall } from './read/read'
import type { TokenCounter } from './tokens'

/** What the server did not tell of tokens is counted; then the call is priced, and a stream's pace is known. */
export async function billed(call: Call, reading: ReadCall, counter: TokenCounter, pricer: Pricer): Promise<Call> {
  const counted = isCountable(call) && isRead(call) ? await counter.complete(inputOf(call, reading)) : undefined
  const usage = counted?.usage ?? call.usage
  const cost = usage === undefined ? undefined : costOf({ ...call, usage }, pricer)
  return {
    ...call,
    ...(usage === undefined ? {} : { usage }),
    ...(counted === undefined ? {} : { estimated: counted.estimated }),
    ...(cost === undefined ? {} : { cost }),
    ...(call.stream === undefined ? {} : { stream: withPace(call.stream, usage) }),
  }
}

/**
 * Not what an error or a redirect answered, which cost nothing; nor what only reads or ends another call; nor a background response
 * that has not begun, whose tokens a later answer tells.
 */
function isCountable({ http, operation, response }: Call): boolean {
  const answered = http.status !== undefined && http.status < 300
  return answered && spends(operation) && response.fields.get('status') !== 'queued'
}

/** Of an answer that could not be read nobody knows what it said: its tokens are not made up. Of a stream some may be. */
function isRead({ unparsed, stream }: Call): boolean {
  return !unparsed.includes('response') || (stream?.events ?? 0) > 0
}

function inputOf(call: Call, { request, response }: ReadCall): Parameters<TokenCounter['complete']>[0] {
  return {
    family: call.family,
    request,
    response,
    ...(call.model === undefined ? {} : { model: call.model }),
    ...(call.usage === undefined ? {} : { usage: call.usage }),
  }
}

function costOf(call: Call & { usage: NonNullable<Call['usage']> }, pricer: Pricer): number | undefined {
  const model = call.responseModel ?? call.model
  return pricer.cost({
    api: call.api,
    host: call.http.host,
    usage: call.usage,
    operation: call.operation,
    at: call.startedAt,
    ...(model === undefined ? {} : { model }),
    ...(call.serviceTier === undefined ? {} : { serviceTier: call.serviceTier }),
  })
}

function withPace(stream: StreamFacts, usage: Call['usage']): StreamFacts {
  const perOutputTokenMs = paceOf(stream, usage)
  return perOutputTokenMs === undefined ? stream : { ...stream, perOutputTokenMs }
}
