import { sayOnce } from './say'

/** Runtimes with a `fetch` of their own, which tells nobody of its requests; their `node:http` does. */
const OTHERS: Readonly<Record<string, string>> = { bun: 'Bun', deno: 'Deno' }

/** Says what is not seen on a runtime that only looks like Node. */
export function sayRuntime(versions: NodeJS.ProcessVersions = process.versions): void {
  const name = Object.keys(OTHERS).find(key => key in versions)
  if (name === undefined) return
  sayOnce(
    'runtime',
    `${OTHERS[name]}: calls by the global fetch are not seen here, only those by node:http; Node sees all`,
  )
}
