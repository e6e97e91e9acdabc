import { boundedQuery } from '../params'
import { ROUTES, type Route } from './routes'

/** The operation that a method and a path name. */
export interface Match {
  readonly route: Route
  /** By the route's parameter names, percent-decoded. */
  readonly params: ReadonlyMap<string, string>
  /** `/v1/files/*`: ids replaced by `*`. */
  readonly endpoint: string
}

/** A route with what can be known of it beforehand. */
interface PathPattern {
  readonly route: Route
  readonly endpoint: string
  /** Path segments; parameters keep their braces. */
  readonly segments: readonly string[]
}

/** One step into the paths of a method. */
interface Node {
  readonly literals: Map<string, Node>
  parameter?: Node
  /** What ends here: the plain operation and the ones that a query refines. */
  readonly ends: PathPattern[]
}

interface RouteTable {
  readonly root: Node
  /** Patterns whose first parameter takes several segments, the most specific first. */
  readonly wide: readonly PathPattern[]
}

/** More segments than any operation has, with room for a model's name in several. A longer path is unknown. */
const MOST_SEGMENTS = 32
const NO_PARAMS: ReadonlyMap<string, string> = new Map()

let tables: ReadonlyMap<string, RouteTable> | undefined

/**
 * Finds the operation: method first; then, segment by segment, a literal before a parameter; then the names in several
 * segments; at last the query refines what was chosen. The path is what follows the API's base (`/files/file-1`); a
 * query in it counts if none is given. Doubled and trailing slashes, fragments and bad percent-encoding do no harm.
 * The time is linear in the path's length and the depth of the search bounded by the longest route.
 */
export function match(method: string, operationPath: string, query = queryOf(operationPath)): Match | undefined {
  tables ??= build()
  const table = tables.get(method.toUpperCase())
  const segments = segmentsOf(operationPath)
  if (table === undefined || segments === undefined) return undefined
  const node = walk(table.root, segments, 0)
  const pattern = node === undefined ? table.wide.find(each => fitsPattern(each, segments)) : refined(node.ends, query)
  return pattern && { route: pattern.route, endpoint: pattern.endpoint, params: paramsOf(pattern, segments) }
}

/** Does the path name an operation of any method? */
export function isOperation(operationPath: string): boolean {
  tables ??= build()
  const segments = segmentsOf(operationPath)
  if (segments === undefined) return false
  for (const { root, wide } of tables.values()) {
    if (walk(root, segments, 0) !== undefined || wide.some(each => fitsPattern(each, segments))) return true
  }
  return false
}

/** Backtracks, but no deeper than the longest route is. */
function walk(node: Node, segments: readonly string[], depth: number): Node | undefined {
  const segment = segments[depth]
  if (segment === undefined) return node.ends.length > 0 ? node : undefined
  const literal = node.literals.get(segment)
  const found = literal && walk(literal, segments, depth + 1)
  return found ?? (node.parameter && walk(node.parameter, segments, depth + 1))
}

/** Literals are anchored at both ends, and what is between them is the name. */
function fitsPattern(pattern: PathPattern, segments: readonly string[]): boolean {
  const surplus = segments.length - pattern.segments.length
  if (surplus < 1) return false
  let shift = 0
  return pattern.segments.every((expected, at) => {
    if (!isParameter(expected)) return expected === segments[at + shift]
    shift = surplus
    return true
  })
}

function refined(ends: readonly PathPattern[], query: string): PathPattern | undefined {
  const plain = ends.find(({ route }) => route.query === undefined)
  if (ends.length === 1 || query === '') return plain
  const asked = new URLSearchParams(boundedQuery(query))
  return ends.find(({ route }) => route.query !== undefined && says(asked, route.query)) ?? plain
}

function says(asked: URLSearchParams, expected: string): boolean {
  const [name = '', value] = expected.split('=')
  return asked.get(name) === value
}

function paramsOf(
  { segments: expected, route }: PathPattern,
  segments: readonly string[],
): ReadonlyMap<string, string> {
  if (!route.path.includes('{')) return NO_PARAMS
  const params = new Map<string, string>()
  const surplus = segments.length - expected.length
  let shift = 0
  expected.forEach((segment, at) => {
    if (!isParameter(segment)) return
    const from = at + shift
    shift = surplus
    params.set(segment.slice(1, -1), segments.slice(from, at + shift + 1).join('/'))
  })
  return params
}

/** Decoded, empty ones left out; nothing if there are too many. Stops reading there. */
function segmentsOf(path: string): string[] | undefined {
  const end = pathEnd(path)
  const segments: string[] = []
  for (let at = 0; at < end; ) {
    const slash = path.indexOf('/', at)
    const stop = slash < 0 || slash > end ? end : slash
    if (stop > at) {
      if (segments.length === MOST_SEGMENTS) return undefined
      segments.push(decoded(path.slice(at, stop)))
    }
    at = stop + 1
  }
  return segments
}

/** Percent-decoded, or as it is where the encoding is malformed. */
export function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Where the path ends and query or fragment begins. */
function pathEnd(path: string): number {
  const end = path.search(/[?#]/)
  return end < 0 ? path.length : end
}

/** What stands between `?` and `#`. */
function queryOf(path: string): string {
  const end = pathEnd(path)
  return path[end] === '?' ? (path.slice(end + 1).split('#', 1)[0] ?? '') : ''
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{')
}

function build(): ReadonlyMap<string, RouteTable> {
  const built = new Map<string, { root: Node; wide: PathPattern[] }>()
  for (const route of ROUTES) {
    const segments = route.path.split('/').slice(1)
    const pattern = { route, segments, endpoint: `/v1/${segments.map(s => (isParameter(s) ? '*' : s)).join('/')}` }
    const table = built.get(route.method) ?? { root: emptyNode(), wide: [] }
    built.set(route.method, table)
    endAt(table.root, segments).push(pattern)
    if (route.wide) table.wide.push(pattern)
  }
  for (const { wide } of built.values()) wide.sort((a, b) => b.segments.length - a.segments.length)
  return built
}

function endAt(root: Node, segments: readonly string[]): PathPattern[] {
  let node = root
  for (const segment of segments) {
    if (isParameter(segment)) {
      node.parameter ??= emptyNode()
      node = node.parameter
    } else {
      const next = node.literals.get(segment) ?? emptyNode()
      node.literals.set(segment, next)
      node = next
    }
  }
  return node.ends
}

function emptyNode(): Node {
  return { literals: new Map(), ends: [] }
}

const MOST_WORDS = 8
/** Words as APIs spell them: no digits, no capitals, not long. Everything else may be an id. */
const WORD = /^[a-z]+(?:[_-][a-z]+)*$/
const VERSION_SEGMENT = /^v\d{1,2}(?:(?:alpha|beta)\d?)?$/
const LONGEST_WORD = 24

let knownWords: ReadonlySet<string> | undefined

/**
 * The template of a path that no route knows: what looks like an id becomes `*`. It begins with `/v1` only if the request
 * did, and is of bounded length; what is too deep is one last `*`.
 */
export function templateOf(path: string, isUnderV1: boolean): string {
  knownWords ??= new Set(ROUTES.flatMap(({ path: known }) => known.split('/').filter(word => !isParameter(word))))
  const segments = path
    .slice(0, pathEnd(path))
    .split('/', SPLITS)
    .filter(segment => segment !== '')
  const template = segments.slice(0, MOST_WORDS).map(segment => (isPlainWord(segment) ? segment : '*'))
  if (segments.length > MOST_WORDS) template.push('*')
  return `${isUnderV1 ? '/v1' : ''}/${template.join('/')}`.replace(/(?<=.)\/$/, '')
}

/** Slashes beyond these are not looked at: a path of a million of them costs no more than this. */
const SPLITS = 64

function isPlainWord(segment: string): boolean {
  if (knownWords?.has(segment)) return true
  return VERSION_SEGMENT.test(segment) || (segment.length <= LONGEST_WORD && WORD.test(segment))
}
