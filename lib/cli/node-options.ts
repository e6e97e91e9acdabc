import { join } from 'node:path'

/** `dist/register.js` of this package. */
const REGISTER = join(__dirname, '..', 'register.js')

/**
 * `NODE_OPTIONS` with our `--require` after what the user had: whatever that loads is loaded first, as without us. Node takes
 * a value with spaces in double quotes, where a backslash escapes.
 */
export function nodeOptionsWith(before: string | undefined, file = REGISTER): string {
  const ours = `--require "${file.replace(/["\\]/g, '\\$&')}"`
  return before === undefined || before.trim() === '' ? ours : `${before} ${ours}`
}
