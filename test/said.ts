/** What is written to standard error while a function runs, a line each. */
export function said(fn: () => void): string[] {
  const write = process.stderr.write
  let text = ''
  process.stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk)
    return true
  }
  try {
    fn()
  } finally {
    process.stderr.write = write
  }
  return text.split('\n').filter(line => line !== '')
}
