/**
 * What a Node.js that is too old for the rest can read: `register` is loaded by every process that inherits `NODE_OPTIONS`,
 * whatever its version, and must not keep its app from running.
 */

/** Those before lack what is used at loading (`Object.hasOwn`, `AsyncLocalStorage.snapshot`). Promised is less: `engines`. */
const OLDEST_MAJOR = 18

/** One line, where this process is too old. */
export function tooOld(): string | undefined {
  const version = process.versions.node
  return Number(version.split('.')[0]) < OLDEST_MAJOR
    ? `it needs Node.js 20.19 or newer, and this is ${version}`
    : undefined
}

/** A standard error that takes nothing must do no harm. */
export function sayPlainly(line: string): void {
  try {
    // biome-ignore lint/style/useNodejsImportProtocol: Node.js before 14.18 does not know it
    const { writeSync }: typeof import('node:fs') = require('fs')
    writeSync(2, `interceptor: ${line}\n`)
  } catch {
    // Nobody reads it, and there is nowhere to count it.
  }
}
