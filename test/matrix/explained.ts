/** What is not equal and cannot be, with its reason: one line each, in the README too. */
export interface Explained {
  applies(client: string, runtime: string): boolean
  readonly wrong: RegExp
  readonly why: string
}

export const EXPLAINED: readonly Explained[] = [
  {
    applies: (client, runtime) => runtime === 'Node 20' && /http2/.test(client) && !/^undici|^https/.test(client),
    wrong: /^0 spans for/,
    why: '`node:http2`, and clients on it, on Node 20: the runtime does not tell of its streams.',
  },
]
