import type { Call, Fact, Facts } from '../../openai/call'

/** The first of several facts that is there. */
export function field({ fields }: Facts, keys: readonly string[]): Fact | undefined {
  for (const key of keys) {
    const value = fields.get(key)
    if (value !== undefined) return value
  }
  return undefined
}

/** Parameters are facts as texts, whatever they were. */
export function numeric(value: Fact | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function word(value: Fact | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value)
}

export function flag(value: Fact | undefined): boolean {
  return value === 'true' || value === 1
}

/** What ends a text is content: prose as often as not. One, or a list as JSON. */
export function stopSequences({ content }: Facts): string[] | undefined {
  const stop = content.get('stop')
  if (stop === undefined) return undefined
  try {
    const list: unknown = JSON.parse(stop)
    if (Array.isArray(list) && list.every(each => typeof each === 'string')) return list
  } catch {
    // A text that is no JSON: the one sequence.
  }
  return [stop]
}

/** Why a response is not whole, in the words of a choice's `finish_reason`. */
const BY_REASON: Readonly<Record<string, string>> = {
  max_output_tokens: 'length',
  max_completion_tokens: 'length',
  max_prompt_tokens: 'length',
  content_filter: 'content_filter',
}

const BY_STATUS: Readonly<Record<string, string>> = { completed: 'stop', failed: 'error', cancelled: 'error' }

/** Of each choice why it ended; a response, which has no choices, says it by its status. */
export function finishReasons({ family, response }: Call): string[] | undefined {
  const reasons: string[] = []
  for (const [key, value] of response.fields) {
    if (/^choices\.\d+\.finish_reason$/.test(key)) reasons.push(String(value))
  }
  if (reasons.length > 0) return reasons
  if (family !== 'responses') return undefined
  const reason = responseReason(
    word(response.fields.get('status')),
    word(response.fields.get('incomplete_details.reason')),
  )
  return reason === undefined ? undefined : [reason]
}

export function responseReason(status: string | undefined, incomplete: string | undefined): string | undefined {
  if (status === 'incomplete') return incomplete === undefined ? 'length' : (own(BY_REASON, incomplete) ?? incomplete)
  return status === undefined ? undefined : own(BY_STATUS, status)
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
