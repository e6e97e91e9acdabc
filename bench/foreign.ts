import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from 'undici'
import { createHosts } from '../dist/openai/recognise/hosts'
import type { Opening } from '../dist/transport/exchange'
import { http } from '../dist/transport/http'
import { undici } from '../dist/transport/undici'
import { paired, report } from './measure'

const CALLS = 3000

/** What a request to somebody else's host costs: whole calls, subscribed against not, and our subscriber alone. */
export async function run(): Promise<void> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const calls = async (): Promise<void> => {
    for (let i = 0; i < CALLS; i += 1) await (await client.request({ path: '/', method: 'GET' })).body.dump()
  }

  const hosts = createHosts({ hosts: [], openaiBaseUrl: undefined, azureEndpoint: undefined })
  let opened = 0
  const look = ({ origin, path }: Opening): undefined => {
    if (hosts.find(origin, path) !== undefined) opened += 1
  }
  const observed = async (): Promise<void> => {
    const undos = [undici(look, () => false), http(look, () => false)]
    await calls()
    for (const undo of undos) undo()
  }
  const { a, b, ratio } = await paired(7, calls, observed)

  const undo = undici(look, () => false)
  const created = channel('undici:request:create')
  const request = { origin: 'https://example.com', path: '/v1/things?q=1', method: 'GET', headers: [] }
  for (let i = 0; i < 100_000; i += 1) created.publish({ request })
  const start = performance.now()
  for (let i = 0; i < 1_000_000; i += 1) created.publish({ request })
  const each = performance.now() - start
  undo()

  await client.close()
  server.close()
  report('a request to a host that is not ours', {
    'call, not subscribed': `${((a / CALLS) * 1000).toFixed(1)} µs`,
    'call, subscribed': `${((b / CALLS) * 1000).toFixed(1)} µs (median ratio ${ratio.toFixed(3)})`,
    'our subscriber alone': `${each.toFixed(0)} ns`,
    'exchanges opened': String(opened),
  })
}

if (require.main === module) void run()
