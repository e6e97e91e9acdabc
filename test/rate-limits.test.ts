import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { durationMs, rateLimits } from '../lib/openai/read/rate-limits'

const NOW = Date.UTC(2026, 0, 1)

const limits = suite('rate-limit headers')

/** By budget, what is told. */
function told(headers: Record<string, string>): object {
  return Object.fromEntries(rateLimits(new Map(Object.entries(headers)), NOW))
}

limits('a reset is a duration, seconds, or a time, which is what is left until then', () => {
  const resets: readonly (readonly [value: string, ms: number | undefined])[] = [
    ['20ms', 20],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['1d', 86_400_000],
    ['59', 59_000],
    ['0', 0],
    ['0s', 0],
    [String(NOW / 1000 + 60), 60_000],
    [String(NOW + 60_000), 60_000],
    [String((NOW + 60_000) * 1000), 60_000],
    [String(NOW / 1000 - 60), 0],
    ['2026-01-01T00:01:00Z', 60_000],
    ['2026-01-01T00:00:00.250Z', 250],
    ['2025-12-31T23:59:00Z', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
    ['9'.repeat(400), undefined],
  ]
  for (const [value, resetMs] of resets) {
    assert.equal(
      told({ 'x-ratelimit-reset-requests': value }),
      resetMs === undefined ? {} : { requests: { resetMs } },
      value,
    )
  }
})

limits('any budget is told under its own name', () => {
  assert.equal(
    told({ 'x-ratelimit-limit-input-images': '5', 'x-ratelimit-remaining-project-tokens': '7', 'x-request-id': 'x' }),
    { 'input-images': { limit: 5 }, 'project-tokens': { remaining: 7 } },
  )
})

limits('names without a budget count requests', () => {
  const expected = { requests: { limit: 20, remaining: 0, resetMs: 60_000 } }
  const of = (prefix: string) => ({ [`${prefix}limit`]: '20', [`${prefix}remaining`]: '0', [`${prefix}reset`]: '60' })
  for (const prefix of ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-']) assert.equal(told(of(prefix)), expected, prefix)
  assert.equal(told({ 'ratelimit-limit': '20, 20;w=60' }), { requests: { limit: 20 } })
})

limits("Azure's and Anthropic's spellings are read", () => {
  assert.equal(told({ 'x-rate-limit-reset-tokens': '55', 'x-ratelimit-remaining-tokens': '-1' }), {
    tokens: { resetMs: 55_000 },
  })
  assert.equal(
    told({ 'anthropic-ratelimit-tokens-limit': '9', 'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:01Z' }),
    { tokens: { limit: 9, resetMs: 1000 } },
  )
})

limits('what LiteLLM hands on is read where it says nothing itself', () => {
  assert.equal(
    told({
      'llm_provider-x-ratelimit-remaining-tokens': '5',
      'llm_provider-x-ratelimit-limit-tokens': '10',
      'x-ratelimit-remaining-tokens': '6',
    }),
    { tokens: { remaining: 6, limit: 10 } },
  )
})

limits('budgets without end are bounded', () => {
  const headers = Array.from({ length: 1000 }, (_, i) => [`x-ratelimit-limit-budget-${i}`, '1'])
  assert.is(Object.keys(told(Object.fromEntries(headers))).length, 16)
})

limits('a duration has units from days to nanoseconds', () => {
  assert.is(durationMs('1m2s3ms'), 62_003)
  assert.is(durationMs('5 s'), undefined)
})

limits.run()
