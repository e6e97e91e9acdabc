import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Place } from './measure'
import { makeSite } from './site'

/** Where clients are to run: on which Node, and with the dd-trace that is made for it. Installs the peers if need be. */
export function placeFor(binary: string): { place: Place; runtime: string } {
  if (!existsSync(join(__dirname, 'node_modules'))) execFileSync('npm', ['ci'], { cwd: __dirname, stdio: 'inherit' })
  const node = resolve(binary)
  const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
  const major = Number.parseInt(version, 10) < 22 ? 5 : 6
  return { place: { node, site: makeSite(`dd-trace-${major}`) }, runtime: `Node ${version}, dd-trace ${major}` }
}
