/** Runs every measurement, one after the other, each in a process of its own: `npm run bench`, `npm run bench -- tokens`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ALL = ['foreign', 'chunks', 'startup', 'metrics', 'tokens', 'intake', 'stretch']

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : ALL) {
  spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', join(__dirname, `${name}.ts`)], { stdio: 'inherit' })
}
