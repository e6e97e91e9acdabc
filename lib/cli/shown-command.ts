import { isCredential } from '../redact/credential-name'
import { PATTERNS } from '../redact/patterns'
import { sayable } from '../redact/said'
import type { RunOptions } from './run-options'

const GONE = '[redacted]'

/**
 * Program and arguments, as a session keeps and shows them: without keys, as all that it holds. A prompt may be among the
 * arguments too, so without content there is the program alone.
 */
export function shownCommand(
  words: readonly string[],
  { redact, content }: Pick<RunOptions, 'redact' | 'content'>,
  env: NodeJS.ProcessEnv,
): string[] {
  const [program = '', ...args] = words
  if (content === false || isOff(env.INTERCEPTOR_CAPTURE_CONTENT))
    return args.length === 0 ? [program] : [program, '...']
  const isRedacted = redact === true || (env.INTERCEPTOR_REDACT ?? '').trim() !== ''
  const patterns = Object.entries(PATTERNS).filter(([name]) => isRedacted || name === 'key' || name === 'bearer')
  const clean = (text: string): string => patterns.reduce((rest, [, pattern]) => pattern(rest), sayable(text))
  return words.map((word, i) => (isValueOf(words[i - 1], word) ? GONE : clean(word.replace(ASSIGNED, withoutValue))))
}

/** `OPENAI_API_KEY=abc`, `--api-key=abc` */
const ASSIGNED = /^(-{0,2}[a-z][\w-]*)=.+$/is

function withoutValue(word: string, name: string): string {
  return isCredential(bare(name)) ? `${name}=${GONE}` : word
}

/** `--api-key abc` */
function isValueOf(before: string | undefined, word: string): boolean {
  return before !== undefined && /^--?[a-z][\w-]*$/i.test(before) && !word.startsWith('-') && isCredential(bare(before))
}

/** Of an option's name. */
function bare(name: string): string {
  return name.replace(/^-+/, '')
}

/** What cannot be read keeps content in too. */
function isOff(value: string | undefined): boolean {
  return !/^\s*(?:true|1|yes|on)?\s*$/i.test(value ?? '')
}
