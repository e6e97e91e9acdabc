import type { Call, CallDraft, CostDetails, StreamFacts, Usage } from './call'
import { credibleUsage } from './credible-usage'
import type { Cost, PriceInput, Pricer } from './price'
import { priceInputOf } from './price/price-input'
import { paidLater, spends } from './price/spends'
import { isKept } from './read/gateway'
import { paceOf, type ReadCall } from './read/read'
import type { TokenCounter } from './tokens'
import { isAnswer } from './tokens/formats'

/** What the server did not tell of tokens is counted; then the call is priced, and a stream's pace is known. */
export async function bill(call: CallDraft, reading: ReadCall, counter: TokenCounter, pricer: Pricer): Promise<void> {
  const kept = isKept(reading.headers.gateway, reading.response)
  const told = kept || !isDone(call) ? call.usage : credibleUsage(call.usage, reading.response)
  const isUnderstood = isRead(call, reading)
  const counted = isCountable(call) && isUnderstood ? await counter.complete(inputOf(call, told, reading)) : undefined
  const usage = counted?.usage ?? told
  const cost = costOf(call, usage, reading, pricer, {
    partial: counted?.partial ?? [],
    ...(isUnderstood ? {} : { quantities: {} }),
  })
  if (usage === undefined) delete call.usage
  else call.usage = usage
  if (counted !== undefined) call.estimated = counted.estimated
  if (cost?.usd !== undefined) call.cost = cost.usd
  if (cost !== undefined) call.costDetails = detailsOf(cost)
  if (kept) call.gatewayCache = 'hit'
  if (call.stream !== undefined) call.stream = withPace(call.stream, usage)
}

/**
 * Not what an error or a redirect answered, which cost nothing; nor what only reads or ends another call; nor a background response
 * that is not done, whose tokens a later answer tells.
 */
function isCountable(call: Call): boolean {
  return isAnswered(call) && spends(call.operation) && !hasFailed(call) && !isBackground(call)
}

function isAnswered({ http: { status } }: Call): boolean {
  return status !== undefined && status < 300
}

/** A failure that the body tells. Of a stream that had begun what it had said is paid for. */
function hasFailed({ error, response, stream }: Call): boolean {
  const status = response.fields.get('status')
  if (status === 'failed' || status === 'cancelled') return true
  return error !== undefined && stream?.firstTokenMs === undefined
}

function isBackground({ family, response, stream }: Call): boolean {
  const status = response.fields.get('status')
  return family === 'responses' && (status === 'queued' || (status === 'in_progress' && stream === undefined))
}

/** OpenAI has told zeros of a response that its bound had cut short. */
function isDone({ operation, incomplete }: Call): boolean {
  return spends(operation) && incomplete === undefined
}

/**
 * Of an answer that could not be read, or is none (a page, a text, another API's), nobody knows what it said: its tokens
 * are not made up. Of a stream, or of what was left before it was answered, some may be known.
 */
function isRead({ unparsed, stream, family, incomplete }: Call, { response }: ReadCall): boolean {
  if ((stream?.events ?? 0) > 0) return true
  return !unparsed.includes('response') && (incomplete !== undefined || isAnswer(family, response))
}

function inputOf(
  call: Call,
  usage: Usage | undefined,
  { request, response }: ReadCall,
): Parameters<TokenCounter['complete']>[0] {
  return {
    family: call.family,
    request,
    response,
    isCut: call.truncated,
    ...(call.model === undefined ? {} : { model: call.model }),
    ...(usage === undefined ? {} : { usage }),
  }
}

/** Nothing of what failed and told no usage, or was never answered. */
function costOf(
  call: Call,
  usage: Usage | undefined,
  reading: ReadCall,
  pricer: Pricer,
  known: Pick<PriceInput, 'partial' | 'quantities'>,
): Cost | undefined {
  if (!isAnswered(call) || !(spends(call.operation) || paidLater(call.operation))) return undefined
  if (isNothing(usage) && hasFailed(call)) return undefined
  const cost = pricer.cost({ ...priceInputOf(call, usage, reading), ...known })
  if (cost === undefined || usage !== undefined || !isBackground(call)) return cost
  return { parts: {}, missing: ['background'] }
}

/** Servers tell zeros of what failed. */
function isNothing(usage: Usage = {}): boolean {
  return Object.values(usage).every(count => count === 0)
}

function detailsOf({ usd: _, ...details }: Cost): CostDetails {
  return details
}

function withPace(stream: StreamFacts, usage: Call['usage']): StreamFacts {
  const perOutputTokenMs = paceOf(stream, usage)
  return perOutputTokenMs === undefined ? stream : { ...stream, perOutputTokenMs }
}
