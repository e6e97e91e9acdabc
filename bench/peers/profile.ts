import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where this package's code is: in the repository, or installed beside the client. */
const OWN = join(__dirname, '..', '..', 'dist/')
const INSTALLED = '/node_modules/interceptor/dist/'

interface Node {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}
interface Profile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Microseconds by place: each sample counts for the innermost place that its stack leads through. */
export type Shares = ReadonlyMap<string, number>

/**
 * Reads a profile. A place is a file of ours with what it calls elsewhere in its name, so that a datagram's way
 * through Node counts for the metrics; what none of ours has called counts for its package, or for Node.
 */
export function sharesOf(file: string): Shares {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile
  const byId = new Map(nodes.map(node => [node.id, node]))
  const places = new Map<number, string>()
  const visit = (id: number, inherited: string | undefined): void => {
    const node = byId.get(id)
    if (node === undefined) return
    const own = ownFile(node.callFrame.url) ?? exporter(node.callFrame.url) ?? inherited
    places.set(id, own ?? foreign(node.callFrame))
    for (const child of node.children ?? []) visit(child, own)
  }
  visit(nodes[0]?.id ?? 0, undefined)
  const shares = new Map<string, number>()
  samples.forEach((id, i) => {
    const place = places.get(id) ?? '?'
    shares.set(place, (shares.get(place) ?? 0) + (timeDeltas[i] ?? 0))
  })
  return shares
}

function ownFile(url: string): string | undefined {
  const at = url.includes(OWN) ? url.indexOf(OWN) + OWN.length : url.indexOf(INSTALLED) + INSTALLED.length
  return url.includes(OWN) || url.includes(INSTALLED) ? url.slice(at).replace(/\.js$/, '') : undefined
}

/** A full batch is exported where its last span is ended, on our stack: it is no part of making that span. */
function exporter(url: string): string | undefined {
  const name = /.*node_modules\/(@opentelemetry\/(?:otlp-|exporter-)[^/]+)/.exec(url)?.[1]
  return name === undefined ? undefined : `(${name})`
}

function foreign({ url, functionName }: Node['callFrame']): string {
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (name !== undefined) return `(${name})`
  if (url.startsWith('node:')) return '(node)'
  return /^\((?:idle|garbage collector|program)\)$/.test(functionName) ? functionName : '(client)'
}
