const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write it',
  EPERM: 'this user may not write it',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota of this user is used up',
  EFBIG: 'it is as large as a file may be',
}

/** Of a file that is written: did the system refuse it? */
export function isFileTrouble(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

/** Why it cannot be written, in words. */
export function fileTrouble(error: Error): string {
  const code = isFileTrouble(error) ? (error.code ?? '') : ''
  return WORDS[code] ?? error.message
}
