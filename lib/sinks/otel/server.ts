import type { Api } from '../../openai/call'

const PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80, 'wss:': 443, 'ws:': 80 }

type Server = Readonly<Record<string, string | number>>
const NOWHERE: Server = {}

/** Places are few, and parsing a URL takes as long as all else at a call's start. */
const MOST_KNOWN = 100
const known = new Map<string, Server>()

/** Where a call goes, as far as its place tells. */
export function serverOf({ base }: Api): Server {
  const found = known.get(base)
  if (found !== undefined) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const server = parsed(base)
  known.set(base, server)
  return server
}

function parsed(base: string): Server {
  if (!URL.canParse(base)) return NOWHERE
  const { protocol, hostname, port } = new URL(base)
  const number = port === '' ? PORTS[protocol] : Number(port)
  return number === undefined ? NOWHERE : { 'server.address': hostname, 'server.port': number }
}
