import { cards } from './cards'
import { emails } from './emails'

/** Rewrites a text without what it finds. Linear in the text's length, whatever the text. */
export type Pattern = (text: string) => string

/**
 * Shapes of API keys, as their issuers publish them for secret scanners. Each begins at a literal that cannot begin
 * inside another match, and ends in one repeated class with nothing required behind it: no backtracking.
 */
const KEY_SHAPES = [
  // OpenAI (also sk-proj-, sk-svcacct-, sk-admin-), Anthropic (sk-ant-), OpenRouter (sk-or-), LiteLLM …
  /\bsk-[\w-]{16,}/,
  // Amazon
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  // GitHub
  /\bgh[opsur]_\w{20,}/,
  /\bgithub_pat_\w{22,}/,
  // GitLab
  /\bglpat-[\w-]{16,}/,
  // Slack
  /\bxox[abeoprs]-[\w-]{10,}/,
  // Google
  /\bAIza[\w-]{30,}/,
  // Stripe
  /\b[prs]k_(?:live|test)_\w{10,}/,
  // Hugging Face, Groq, xAI, Replicate, npm, PyPI, SendGrid
  /\bhf_\w{30,}/,
  /\bgsk_\w{20,}/,
  /\bxai-[\w-]{20,}/,
  /\br8_\w{20,}/,
  /\bnpm_\w{30,}/,
  /\bpypi-[\w-]{16,}/,
  /\bSG\.[\w-]{16,}(?:\.[\w-]{16,})?/,
  // JSON web tokens: only at the start of a run, so that a text of nothing but such starts is read once.
  /(?<![\w.-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/,
]
const KEYS = new RegExp(KEY_SHAPES.map(({ source }) => source).join('|'), 'g')
const BEARER = /\bbearer[ \t]{1,8}[\w.~+/=-]{8,}/gi

/** By the names that `INTERCEPTOR_REDACT` knows, in the order in which they are applied. */
export const PATTERNS: Readonly<Record<string, Pattern>> = {
  bearer: text => text.replace(BEARER, 'Bearer [redacted]'),
  key: text => text.replace(KEYS, '[redacted key]'),
  email: emails,
  card: cards,
}
