import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROUTES } from '../../openai/recognise/routes'

/** The client's methods that make a request, by HTTP's name of them. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  getAPIList: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}

/** A call of the client with its path: a text, or a template that the SDK's `path` makes. */
const CALL =
  /client\.(get|getAPIList|post|put|patch|delete)\(\s*(?:\(0, \w+\.path\)\s*)?(?:'([^']+)'|"([^"]+)"|`([^`]+)`)/g
/** A list may be asked for by another method: `method: 'post'`. It stands near the path. */
const OTHER_METHOD = /\bmethod:\s*['"](\w+)['"]/
const NEAR = 400

/**
 * The operations that an `openai` package (its folder) calls, as `GET /files/{}`, sorted. Read off its own code, which
 * is generated: every request is a call of the client with a path. Throws where the folder is none, or has no call.
 */
export function operationsCalled(folder: string): string[] {
  const found = new Set<string>()
  const files = readdirSync(join(folder, 'resources'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter(name => name.endsWith('.js'))) {
    const text = readFileSync(join(folder, 'resources', file), 'utf8')
    for (const { 0: all, 1: method = '', 2: plain, 3: quoted, 4: template, index } of text.matchAll(CALL)) {
      const rest = text.slice(index + all.length, index + all.length + NEAR).split('client.', 1)[0] ?? ''
      const other = method === 'getAPIList' ? OTHER_METHOD.exec(rest)?.[1]?.toUpperCase() : undefined
      found.add(`${other ?? METHODS[method] ?? ''} ${shapeOf(plain ?? quoted ?? template ?? '')}`)
    }
  }
  if (found.size === 0) throw new Error(`${folder} has no operation: is it the folder of an openai package?`)
  return [...found].sort()
}

/** What a package calls and the route table has no row for. */
export function unknownOperations(folder: string): string[] {
  const known = new Set(ROUTES.map(({ method, path }) => `${method} ${shapeOf(path)}`))
  return operationsCalled(folder).filter(operation => !known.has(operation))
}

/** Parameters without their names, no query. */
function shapeOf(path: string): string {
  return path.replace(/\?.*$/, '').replace(/\$?\{[^}]*\}/g, '{}')
}
