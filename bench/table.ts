import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const README = join(__dirname, '..', 'README.md')

/** Writes a table between the README's `<!-- name -->` and `<!-- /name -->`, with the machine and the date. */
export function writeTable(name: string, table: string, runtime = `Node ${process.versions.node}`): void {
  const text = readFileSync(README, 'utf8')
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md has no ${start} … ${end}`)
  const made = `Measured ${new Date().toISOString().slice(0, 10)}, ${runtime}, ${machine()}.\n\n${table}\n`
  writeFileSync(README, `${text.slice(0, from + start.length)}\n${made}${text.slice(to)}`)
}

function machine(): string {
  const all = cpus()
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'})`
}
