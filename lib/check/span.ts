import type { Tracer } from 'dd-trace'
import type { Config } from '../config'
import { type AgentAnswer, watchAgentPosts } from '../tracer/agent-posts'
import { agentUrl } from '../tracer/agent-url'
import { urlShown } from './secrets'
import { refusal, type Trial, type TrialOutcome, within } from './trial'

/** dd-trace's own timeout is 2 seconds; a tracer that was started before us waits as long before it sends. */
const SPAN_TIMEOUT_MS = 5_000

/** Sends a span through the real tracer, and hears what the agent answers. */
export async function trySpan(config: Config, env: NodeJS.ProcessEnv): Promise<Trial> {
  const url = agentUrl(env)
  const trial = { name: 'span', where: urlShown(url ?? env.DD_TRACE_AGENT_URL ?? '') } as const
  if (/^(?:false|0)$/i.test(env.DD_TRACE_ENABLED ?? '')) {
    return { ...trial, result: 'off', because: 'DD_TRACE_ENABLED is false', remedy: 'unset it to have spans' }
  }
  if (url === undefined) {
    return { ...trial, ...refusal('DD_TRACE_AGENT_URL is no URL', 'write http://host:8126 or unix:///path') }
  }
  const tracer = startTracer(env)
  if (tracer === undefined) {
    return { ...trial, result: 'off', because: 'dd-trace is not installed', remedy: 'npm install dd-trace' }
  }
  const agent = firstAnswer()
  const tags = { 'resource.name': 'interceptor check', 'manual.keep': true }
  const service = config.openaiService === undefined ? {} : { 'service.name': config.openaiService }
  tracer.startSpan('interceptor.check', { tags: { ...tags, ...service } }).finish()
  const answer = await within(SPAN_TIMEOUT_MS, agent.answer)
  agent.stop()
  return { ...trial, ...outcomeOfSpan(answer) }
}

function firstAnswer(): { readonly answer: Promise<AgentAnswer>; stop(): void } {
  let stop = (): void => {}
  const answer = new Promise<AgentAnswer>(resolve => {
    stop = watchAgentPosts(resolve)
  })
  return { answer, stop }
}

/** Only the span shall be sent, and at once. */
function startTracer(env: NodeJS.ProcessEnv): Tracer | undefined {
  env.DD_INSTRUMENTATION_TELEMETRY_ENABLED ??= 'false'
  env.DD_REMOTE_CONFIGURATION_ENABLED ??= 'false'
  try {
    const tracer = (require('dd-trace') as { default: Tracer }).default
    return tracer.init({
      flushInterval: 0,
      plugins: false,
      startupLogs: false,
      profiling: false,
      runtimeMetrics: false,
    })
  } catch {
    return undefined
  }
}

const ELSEWHERE = 'set DD_TRACE_AGENT_URL or DD_AGENT_HOST to where the Datadog Agent is'

const SPAN_FAILURES: Readonly<Record<string, TrialOutcome>> = {
  ECONNREFUSED: refusal('nothing listens there', `start the Datadog Agent, or ${ELSEWHERE}`),
  ENOENT: refusal('there is no such socket', `start the Datadog Agent, or ${ELSEWHERE}`),
  ENOTFOUND: refusal('there is no such host', ELSEWHERE),
  EAI_AGAIN: refusal('the host’s name could not be looked up', ELSEWHERE),
  hanging: refusal('no answer within 2 seconds', 'is it the agent’s port for traces (8126), and is the agent well?'),
}

function outcomeOfSpan(answer: AgentAnswer | undefined): TrialOutcome {
  if (answer === undefined) {
    const because = `no post of dd-trace was answered within ${SPAN_TIMEOUT_MS / 1000} seconds`
    return { result: 'cannot be confirmed', because, remedy: 'DD_TRACE_DEBUG=true makes dd-trace say what it does' }
  }
  if ('failure' in answer) return SPAN_FAILURES[answer.failure] ?? refusal(answer.failure, ELSEWHERE)
  const { path, status } = answer
  const because = `dd-trace posted it to ${path}, the answer was ${status}`
  if (status >= 200 && status < 300) return { result: 'accepted', because }
  if (status >= 500 || status === 429) return refusal(because, 'the agent’s own log says why: agent status')
  return refusal(because, `it does not seem to be the agent’s port for traces (8126): ${ELSEWHERE}`)
}
