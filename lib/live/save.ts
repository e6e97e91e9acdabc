import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

/** A file that keeps a session, as it goes on. */
export interface SessionFile {
  /** A line of an event, without its end. */
  write(line: string): void
  close(): void
}

/** What every session file begins with. */
const BEGIN = '{"event":"session"'

/**
 * Opens a file for a new session, readable by its owner alone. One that is there is overwritten if it holds a session;
 * throws for any other, and for one that cannot be written. Of what cannot be written later the first is said by `failed`,
 * once, and the rest is left.
 */
export function openSessionFile(path: string, failed: (error: Error) => void): SessionFile {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.size > 0) {
    if (!holdsSession(fd)) {
      closeSync(fd)
      throw new Error(
        `${path} holds something else than a session and is not overwritten: name another file, or remove it`,
      )
    }
    ftruncateSync(fd)
  }
  let hasFailed = false
  return {
    write(line) {
      if (hasFailed) return
      try {
        writeWhole(fd, Buffer.from(`${line}\n`))
      } catch (error) {
        hasFailed = true
        failed(error instanceof Error ? error : new Error(String(error)))
      }
    },
    close: () => closeSync(fd),
  }
}

function holdsSession(fd: number): boolean {
  const begin = Buffer.alloc(BEGIN.length)
  readSync(fd, begin, 0, begin.length, 0)
  return begin.toString() === BEGIN
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
