/** Where events are posted to, and what is told with every request to there. */
export interface Target {
  readonly url: URL
  /** A Unix socket that is connected to in the place of the URL's host. */
  readonly socketPath?: string
  readonly headers: Readonly<Record<string, string>>
}

/** As it is named in messages. */
export function targetShown({ url, socketPath }: Target): string {
  return socketPath === undefined ? url.origin : `unix://${socketPath}`
}
