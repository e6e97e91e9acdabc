import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { listen } from '../../lib/local/listen'
import { ROOT } from '../app'

/** An npm registry on loopback. It has what is installed here, in the versions that are installed, and what is given. */
export interface Registry {
  /** Makes npm ask this registry and nothing else. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

type Packages = Readonly<Record<string, { version?: string; name?: string }>>

/** @param given tarballs by the name that they are published under */
export async function startRegistry(given: Readonly<Record<string, string>>): Promise<Registry> {
  const { packages }: { packages: Packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  // Of what is for other systems only the lock file knows.
  const installed = Object.entries(packages).filter(
    ([path]) => path !== '' && existsSync(join(ROOT, path, 'package.json')),
  )
  const foldersOf = (name: string): string[] =>
    installed
      .filter(([path, { name: real }]) => (real ?? path.split('node_modules/').at(-1)) === name)
      .map(([path]) => path)
  let origin = ''

  const tarball = (path: string): Buffer =>
    given[path] === undefined ? packed(join(ROOT, path)) : readFileSync(given[path])
  const about = (name: string): unknown => {
    const paths = given[name] === undefined ? foldersOf(name) : [name]
    const versions = paths.map(path => {
      const manifest: { version: string } =
        given[path] === undefined
          ? JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'))
          : { ...JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')), name }
      return [manifest.version, { ...manifest, dist: { tarball: `${origin}/-/tar/${path}` } }] as const
    })
    const latest = versions.at(0)?.[0]
    return latest && { name, 'dist-tags': { latest }, versions: Object.fromEntries(versions) }
  }

  const server = createServer((req, res) => {
    const path = decodeURIComponent((req.url ?? '').slice(1))
    const found = path.startsWith('-/tar/') ? tarball(path.slice('-/tar/'.length)) : about(path)
    res.writeHead(found === undefined ? 404 : 200).end(Buffer.isBuffer(found) ? found : JSON.stringify(found ?? {}))
  })
  origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`
  return {
    // What is optional has native code of a hundred megabytes.
    env: {
      npm_config_registry: `${origin}/`,
      npm_config_omit: 'optional',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

function packed(folder: string): Buffer {
  const args = ['-cf', '-', '--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', folder, '.']
  return execFileSync('tar', args, { maxBuffer: 1 << 28 })
}
