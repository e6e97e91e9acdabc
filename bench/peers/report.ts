import { median } from '../measure'
import type { Run } from './measure'
import { VARIANTS, type Variant } from './variants'
import type { Workload } from './workloads'

/** What one variant took in one round, beside the floors before and after it. */
export interface Sample {
  readonly run: Run
  readonly floor: Pick<Run, 'cpuMs' | 'firstMs' | 'rssMB' | 'startMs'>
}

/** All rounds of one workload, by variant. */
export interface Group {
  readonly workload: Workload
  readonly warm: boolean
  readonly samples: ReadonlyMap<string, readonly Sample[]>
}

const READS = {
  'CPU µs': ({ run, floor }: Sample) => ((run.cpuMs - floor.cpuMs) / run.calls) * 1000,
  ratio: ({ run, floor }: Sample) => run.cpuMs / floor.cpuMs,
  'first ms': ({ run, floor }: Sample) => run.firstMs - floor.firstMs,
  'RSS MB': ({ run, floor }: Sample) => run.rssMB - floor.rssMB,
} as const

export function showGroup({ workload, warm, samples }: Group): string {
  const floors = [...samples.values()].flat().map(({ run, floor }) => (floor.cpuMs / run.calls) * 1000)
  const lines = [`\n${workload.about}, ${warm ? 'warm' : 'cold'}: floor ${median(floors).toFixed(0)} µs of CPU a call`]
  for (const { name } of VARIANTS) {
    const of = samples.get(name) ?? []
    if (of.length === 0) continue
    const cells = Object.entries(READS).map(([title, read]) => `${title} ${spread(of.map(read)).padEnd(26)}`)
    const missing = of.flatMap(({ run }) => run.missing)
    lines.push(`  ${name.padEnd(14)} ${cells.join(' ')}${missing.length > 0 ? ` MISSING ${missing.join(', ')}` : ''}`)
  }
  return lines.join('\n')
}

/** The median, and between what and what all rounds were. */
function spread(values: readonly number[]): string {
  const digits = Math.max(...values.map(Math.abs)) < 20 ? 2 : 0
  const shown = (value: number) => value.toFixed(digits)
  return `${shown(median(values))} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`
}

/** The README's table: what each variant adds to a call, over the floor. */
export function tableOf(groups: readonly Group[]): string {
  const head = ['over the bare client', ...groups.map(({ workload }) => workload.about)]
  const floor = groups.map(
    ({ samples }) =>
      `${median([...samples.values()].flat().map(({ run, floor }) => (floor.cpuMs / run.calls) * 1000)).toFixed(0)} µs`,
  )
  const rows = VARIANTS.filter(({ name }) => groups.some(({ samples }) => samples.has(name))).map(variant => [
    variant.about,
    ...groups.map(({ samples }) => cell(samples.get(variant.name) ?? [])),
  ])
  return [head, head.map(() => '---'), ['the client alone', ...floor], ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function cell(samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const [cpu, first, rss] = [READS['CPU µs'], READS['first ms'], READS['RSS MB']].map(read => median(samples.map(read)))
  return `${signed(cpu, 0)} µs, ${signed(first, 1)} ms, ${signed(rss, 0)} MB`
}

function signed(value = 0, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  return `${value < 0 && Number(text) !== 0 ? '−' : '+'} ${text}`
}

/** What is kept for `--check`: the median ratio of CPU to the floor, by workload and variant. */
export type Ratios = Record<string, Record<string, number>>

export function ratiosOf(groups: readonly Group[]): Ratios {
  return Object.fromEntries(
    groups.map(({ workload, warm, samples }) => [
      `${workload.name}, ${warm ? 'warm' : 'cold'}`,
      Object.fromEntries([...samples].map(([name, of]) => [name, round(median(of.map(READS.ratio)))])),
    ]),
  )
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

export function variantOf(name: string): Variant {
  const found = VARIANTS.find(variant => variant.name === name)
  if (found === undefined) throw new Error(`no variant "${name}": ${VARIANTS.map(each => each.name).join(', ')}`)
  return found
}
