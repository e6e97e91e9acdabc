import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the page is made of, when the package is built. */
const FOLDER = join(__dirname, '..', 'page')

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json; charset=utf-8',
  woff2: 'font/woff2',
}

export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
}

/** A file of the page: plain names only, so that no path leads out of the folder. Undefined where there is none. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const name = path === '/' ? 'index.html' : path.slice(1)
  const [, extension = ''] = /^[\w-]+(?:\.[\w-]+)*\.([a-z0-9]+)$/.exec(name) ?? []
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined
  if (type === undefined) return undefined
  try {
    return { type, bytes: await readFile(join(FOLDER, name)) }
  } catch {
    return undefined
  }
}
