import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder that only its owner can use, and what is missing above it. Throws if it cannot be made, or is no folder.
 *
 * Not `mkdirSync(path, { recursive: true })`: where a parent exists and mkdir answers ENOENT all the same, as under
 * `/proc`, it never returns (Node 20 to 24).
 */
export function makeFolder(path: string): void {
  for (const folder of missing(resolve(path))) {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      // Another process may have been quicker.
      if (!isFolder(folder)) throw error
    }
  }
  if (!isFolder(path)) throw new Error(`not a folder: ${path}`)
}

/** The path and what is above it, as far as it does not exist, the topmost first. */
function missing(path: string): string[] {
  const above = dirname(path)
  if (existsSync(path)) return []
  return above === path ? [path] : [...missing(above), path]
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
