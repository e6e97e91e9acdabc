const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** An answer that only says where to ask. */
export function isRedirect(status: number | undefined): boolean {
  return status !== undefined && REDIRECTS.has(status)
}
