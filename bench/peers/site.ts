import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { transformSync } from 'esbuild'

const PEERS = __dirname
const ROOT = join(PEERS, '..', '..')
/** What runs in the measured process: compiled beforehand, so that no loader is measured. */
const SOURCES = ['client', 'profiled', 'workloads', 'otlp', 'otel', 'openinference']

/**
 * Makes a folder in which the client, the peers and this package are installed as a user has them: this one as a copy,
 * as only then does it find the dd-trace beside it and not that of the repository.
 */
export function makeSite(ddTrace: 'dd-trace-5' | 'dd-trace-6'): string {
  const site = mkdtempSync(join(tmpdir(), 'interceptor-bench-'))
  const modules = join(site, 'node_modules')
  const link = (from: string, name: string): void => {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(from, join(modules, name))
  }
  for (const name of packagesIn(join(PEERS, 'node_modules'))) link(join(PEERS, 'node_modules', name), name)
  link(join(PEERS, 'node_modules', ddTrace), 'dd-trace')
  install(modules)
  for (const name of SOURCES) {
    const { code } = transformSync(readFileSync(join(PEERS, `${name}.ts`), 'utf8'), { loader: 'ts', format: 'cjs' })
    writeFileSync(join(site, `${name}.js`), code)
  }
  return site
}

export function removeSite(site: string): void {
  rmSync(site, { recursive: true })
}

/** The dependencies go inside the package: their versions are ours, whatever the peers want. */
function install(modules: string): void {
  const own = join(modules, 'interceptor')
  const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  cpSync(join(ROOT, 'dist'), join(own, 'dist'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(own, 'package.json'))
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(own, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(own, 'node_modules', name))
  }
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => !name.startsWith('.'))
    .flatMap(name => (name.startsWith('@') ? readdirSync(join(folder, name)).map(each => `${name}/${each}`) : [name]))
}
