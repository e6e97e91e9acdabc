/** A host from the configuration, and what of it is ours. */
export interface Site {
  /** Lower-case, as URLs spell it. */
  readonly host: string
  /** An origin's scheme says it too. Absent: any, and either scheme. */
  readonly port?: number
  /** Path that ours is under, no slash at its end; empty: all. */
  readonly prefix: string
  readonly azure: boolean
}

export const PORTS = { http: 80, https: 443 } as const
export type Scheme = keyof typeof PORTS

const SCHEMES: Readonly<Record<string, Scheme>> = { 'http:': 'http', 'https:': 'https', 'ws:': 'http', 'wss:': 'https' }
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/

/** An origin, `host:port` or a host alone, each with or without a path prefix; nothing if it is none of them. */
export function siteOf(entry: string, azure: boolean): Site | undefined {
  const isOrigin = /^[a-z][a-z0-9+.-]*:\/\//i.test(entry)
  const text = isOrigin ? entry : `http://${entry}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const scheme = SCHEMES[url.protocol]
  const host = url.hostname.replace(/\.$/, '')
  if (scheme === undefined || !HOST.test(host)) return undefined
  const prefix = url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  if (isOrigin) return { host, port: Number(url.port || PORTS[scheme]), prefix, azure }
  // URLs drop their scheme's own port; an entry without a scheme means it.
  const port = url.port || new URL(`https://${entry}`).port
  return { host, prefix, azure, ...(port === '' ? {} : { port: Number(port) }) }
}

/** An entry as it may be said: no userinfo, no query. */
export function siteText(entry: string): string {
  return entry
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z]+:\/\/)?[^/]*@/i, '$1')
    .slice(0, 100)
}
