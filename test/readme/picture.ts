import type { Call } from '../../lib/openai/call'
import { terminalOf } from '../../lib/view/terminal'
import { LinesView } from '../../lib/view/view'

const NOTHING = { fields: new Map(), content: new Map() }
const PROCESS = { pid: 1, thread: 0 }

const ANSWERED: Call = {
  operation: 'createResponse',
  endpoint: '/v1/responses',
  method: 'POST',
  family: 'responses',
  api: { base: 'https://api.openai.com/v1', type: 'open_ai' },
  startedAt: new Date(2026, 10, 25, 14, 3, 22).getTime(),
  tags: {},
  durationMs: 812,
  http: { url: '', host: 'api.openai.com', port: 443, status: 200 },
  model: 'gpt-4o-mini',
  caller: {},
  request: NOTHING,
  response: NOTHING,
  sample: {},
  usage: { input: 1204, output: 312 },
  cost: 0.000368,
  aborted: false,
  stream: { events: 312, firstTokenMs: 120 },
  rateLimits: new Map(),
  truncated: false,
  unparsed: [],
}

const { usage, cost, stream, ...asked } = ANSWERED
const REFUSED: Call = {
  ...asked,
  startedAt: new Date(2026, 10, 25, 14, 3, 24).getTime(),
  durationMs: 61,
  http: { ...asked.http, status: 429 },
  model: 'gpt-4o',
  error: { class: 'RateLimitError', kind: 'rate_limit', message: 'Rate limit reached' },
}

const COLUMNS = '120'

/** What the README shows of the terminal. */
export function terminalPicture(): string {
  const written: string[] = []
  const terminal = terminalOf({ isTTY: false, columns: 0 }, { COLUMNS })
  const view = new LinesView(terminal, text => written.push(text))
  for (const [i, call] of [ANSWERED, REFUSED].entries())
    view.take({ event: 'call', id: `${i}`, process: PROCESS, call })
  view.finish()
  return written.join('')
}
