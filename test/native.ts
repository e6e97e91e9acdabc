import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Builds hot-shots' optional native module for Unix sockets, which npm 11 leaves unbuilt, with npm's own node-gyp and the
 * headers that came with this Node: nothing is downloaded. Where they are missing, the tests of the socket are skipped.
 */
export function buildNative(): string {
  const folder = join(__dirname, '..', 'node_modules', 'unix-dgram')
  if (existsSync(join(folder, 'build', 'Release', 'unix_dgram.node'))) return 'is built'
  const prefix = join(dirname(process.execPath), '..')
  const gyp = join(dirname(process.env.npm_execpath ?? ''), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  if (!existsSync(folder)) return 'is not installed'
  if (!existsSync(gyp)) return 'cannot be built: no node-gyp beside npm'
  if (!existsSync(join(prefix, 'include', 'node', 'node_api.h'))) return 'cannot be built: this Node has no headers'
  const { status } = spawnSync(process.execPath, [gyp, 'rebuild', `--nodedir=${prefix}`], { cwd: folder })
  return status === 0 ? 'was built' : 'could not be built'
}
