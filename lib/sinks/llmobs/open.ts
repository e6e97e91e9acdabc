import type { Config } from '../../config'
import { agentUrl, liveAgentUrl } from '../../tracer/agent-url'
import { type FollowedProcessor, followProcessor } from '../../tracer/llmobs-processor'
import { runningTracer } from '../../tracer/running-tracer'
import type { EventWriter } from '../intake'
import { whenNeeded } from '../intake/when-needed'
import type { OpenOutput, OutputParts } from '../outputs'
import type { Sink } from '../sink'
import { createLlmobsSink } from '.'

// Loaded with the first span.
const loadWriter: () => typeof import('../intake/llmobs') = () => require('../intake/llmobs')

/** The output `llmobs`. Where the app has started dd-trace, its spans are the parents. */
export function openLlmobs(
  { config, tracer, unobserved }: OutputParts,
  processor: FollowedProcessor = followProcessor(),
): OpenOutput {
  const tracerNow = (): OutputParts['tracer'] => tracer ?? runningTracer()
  const create = (): EventWriter => {
    const running = tracerNow()
    const live = running === undefined ? undefined : liveAgentUrl(running)
    return loadWriter().createLlmobsWriter({
      ...placesOf(config),
      agentUrl: live ?? agentUrl(process.env),
      unobserved,
    })
  }
  // What earlier processes have left is sent at once.
  const writer = whenNeeded(create, config.spoolDir !== undefined)
  const sink: Sink = {
    ...createLlmobsSink({ config, tracer: tracerNow, writer, processor }),
    flush: (withinMs = config.exitTimeoutMs) => writer.flush(withinMs),
    async stop(withinMs = config.exitTimeoutMs) {
      processor.stop()
      await writer.stop(withinMs)
    },
  }
  return { sinks: [sink], writers: [writer] }
}

type Places = Pick<Config, 'site' | 'apiKey' | 'llmobsAgentless' | 'llmobsUrl' | 'spoolDir'>

function placesOf({ site, apiKey, llmobsAgentless, llmobsUrl, spoolDir }: Config): Places {
  return { site, apiKey, llmobsAgentless, llmobsUrl, spoolDir }
}
