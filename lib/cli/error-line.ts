/** What went wrong, in a line. */
export function errorLine(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
