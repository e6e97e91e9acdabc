import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

const DIST = join(__dirname, '..', 'dist')

export interface PlainScript {
  readonly file: string
  remove(): void
}

/**
 * A script of this folder as plain JavaScript, for measuring what is loaded: under tsx each module that we require late is
 * transformed first, which takes longer than loading it.
 */
export async function plainScript(name: string): Promise<PlainScript> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const file = join(folder, `${name}.cjs`)
  await build({
    entryPoints: [join(__dirname, `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
    plugins: [
      {
        name: 'dist stays where it is',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\.\/dist/ }, ({ path }) => ({
            path: join(DIST, path.replace(/^\.\.\/dist/, '')),
            external: true,
          }))
        },
      },
    ],
  })
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}
