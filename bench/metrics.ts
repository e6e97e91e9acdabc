import { createSocket } from 'node:dgram'
import { readConfig } from '../dist/config'
import type { Call } from '../dist/openai/call'
import { createMetricsSink } from '../dist/sinks/metrics'
import { median, report } from './measure'

const CALLS = 2_000
const ROUNDS = 7

const call: Call = {
  operation: 'createChatCompletion',
  endpoint: '/v1/chat/completions',
  method: 'POST',
  family: 'chat.completions',
  api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
  startedAt: 0,
  tags: {},
  durationMs: 512.25,
  http: { url: 'https://api.openai.com/v1/chat/completions', host: 'api.openai.com', port: 443, status: 200 },
  model: 'gpt-4o-mini',
  responseModel: 'gpt-4o-mini-2024-07-18',
  caller: { key: 'sk-...abcd', organizationName: 'acme', organizationId: 'org-1' },
  request: { fields: new Map(), content: new Map() },
  response: { fields: new Map(), content: new Map() },
  sample: {},
  usage: { input: 100, output: 50, total: 150, cachedInput: 64 },
  cost: 0.000045,
  aborted: false,
  stream: { events: 52, firstEventMs: 200, firstTokenMs: 210, perOutputTokenMs: 6, longestGapMs: 40 },
  processingMs: 190,
  rateLimits: new Map([
    ['requests', { limit: 10_000, remaining: 9_999, resetMs: 6 }],
    ['tokens', { limit: 200_000, remaining: 199_000, resetMs: 300 }],
  ]),
  truncated: false,
  unparsed: [],
}

/** Cost of the metrics sink for a streamed chat call of which everything is known: some 16 metrics. */
export async function run(): Promise<void> {
  const agent = createSocket('udp4').unref()
  await new Promise<void>(resolve => agent.bind(0, '127.0.0.1', resolve))
  const sink = createMetricsSink(readConfig({}, { dogstatsdUrl: `udp://127.0.0.1:${agent.address().port}` }))
  const end = sink.open(call)
  const micros: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < CALLS; i++) end(call)
    await sink.flush()
    const { user, system } = process.cpuUsage(before)
    if (round > 0) micros.push((user + system) / CALLS)
  }
  await sink.stop()
  agent.close()
  report('metrics sink', { 'CPU of a call, microseconds (median)': median(micros).toFixed(1) })
}

if (require.main === module) void run()
