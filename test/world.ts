import { type Handle, type Settings, start } from '../lib'
import { type OpenAIOptions, type OpenAIStandIn, startOpenAI } from '../lib/local/openai/openai'
import { type Datadog, startDatadog } from '../lib/local/receiver/datadog'
import type { Span } from '../lib/local/receiver/spans'

/** A stand-in OpenAI, a stand-in Datadog, the real tracer and a started interceptor, all in this process. */
export interface World {
  readonly openai: OpenAIStandIn
  readonly datadog: Datadog
  readonly handle: Handle
  /** Makes one call and gives the one OpenAI span that it led to. */
  spanOf(call: () => Promise<unknown>): Promise<Span>
  /** Makes calls and gives as many OpenAI spans, in the order of their start. */
  spansOf(count: number, calls: () => Promise<unknown>): Promise<Span[]>
  /** Sends all and gives every OpenAI span so far. */
  spans(): Promise<readonly Span[]>
  /** Starts the interceptor anew with other settings; tracer and stand-ins stay. */
  restart(settings: Settings): Promise<void>
  stop(): Promise<void>
}

/** The tracer is one per process, so a test file has one world. */
export async function startWorld(settings: Settings = {}, options: OpenAIOptions = {}): Promise<World> {
  const [openai, datadog] = await Promise.all([startOpenAI(options), startDatadog()])
  Object.assign(process.env, datadog.env)
  const started = (more: Settings): Handle =>
    start({
      hosts: [openai.host],
      agentHost: '127.0.0.1',
      dogstatsdPort: datadog.dogstatsd.port,
      apiKey: 'stand-in',
      logsUrl: datadog.intake.url,
      // A busy machine takes longer than an app's end may: nothing here is to be lost by that.
      exitTimeoutMs: 60_000,
      service: 'shop',
      env: 'test',
      ...more,
    })
  let handle = started(settings)
  const ours = (): Span[] => datadog.agent.spans().filter(span => span.name === 'openai.request')

  const spansOf = async (count: number, calls: () => Promise<unknown>): Promise<Span[]> => {
    const before = ours().length
    await calls()
    await handle.flush()
    await datadog.agent.waitFor(() => ours().length >= before + count)
    const spans = ours().slice(before)
    if (spans.length !== count) throw new Error(`${count} calls gave ${spans.length} spans`)
    return spans.sort((a, b) => Number(a.start - b.start))
  }
  return {
    openai,
    datadog,
    get handle() {
      return handle
    },
    spansOf,
    async spanOf(call) {
      const [span] = await spansOf(1, call)
      if (span === undefined) throw new Error('no span')
      return span
    },
    async spans() {
      await handle.flush()
      return ours()
    },
    async restart(more) {
      await handle.stop()
      handle = started(more)
    },
    async stop() {
      await handle.stop()
      await Promise.all([openai.close(), datadog.close()])
    },
  }
}
