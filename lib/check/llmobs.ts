import { randomBytes } from 'node:crypto'
import type { Config } from '../config'
import type { JsonObject } from '../openai/json'
import { meaningOf, type StatusMeaning } from '../sinks/intake/delivery'
import { LLMOBS, llmobsTargets } from '../sinks/intake/llmobs'
import { type Target, targetShown } from '../sinks/intake/target'
import { agentUrl } from '../tracer/agent-url'
import { postTrial, type TrialAnswer, WAY_OUT } from './post-trial'
import { keyShown } from './secrets'
import { refusal, type Trial, type TrialOutcome } from './trial'

/** Is the output on here, as far as the environment tells? */
export function isLlmobsOn({ outputs, llmobsEnabled }: Config): boolean {
  return outputs.includes('llmobs') || (outputs.includes('datadog') && llmobsEnabled === true)
}

/** Where spans would be posted to, the first first. */
export function llmobsWays(config: Config, env: NodeJS.ProcessEnv): Target[] {
  return llmobsTargets({ ...config, agentUrl: agentUrl(env) })
}

/** Posts one span of LLM Observability as its writer would, and tells what the Agent or the intake answered. */
export async function tryLlmobs(config: Config, env: NodeJS.ProcessEnv): Promise<Trial> {
  const targets = llmobsWays(config, env)
  const trial = { name: 'llmobs', where: targets.map(targetShown).join(', else ') } as const
  if (targets.length === 0) return { ...trial, ...refusal('there is nowhere to send it', NOWHERE) }
  if (targets.some(({ url }) => !/^https?:$/.test(url.protocol))) {
    return {
      ...trial,
      ...refusal('it is no http or https URL', 'correct INTERCEPTOR_LLMOBS_URL or DD_TRACE_AGENT_URL'),
    }
  }
  const answer = await postTrial(LLMOBS, targets, testSpan(config), env)
  const target = targets.find(each => targetShown(each) === answer.shown)
  const isAgent = target?.headers['dd-api-key'] === undefined
  return { ...trial, where: answer.shown, ...(isAgent ? outcomeOfAgent(answer) : outcomeOfIntake(answer, config)) }
}

const NOWHERE = 'set DD_API_KEY, or DD_TRACE_AGENT_URL to where the Datadog Agent is'

/** A task, so that it is in no chart of models. */
function testSpan({ llmobsMlApp, service, env = '', version = '' }: Config): JsonObject {
  const spanId = randomBytes(8).readBigUInt64BE().toString()
  const mlApp = llmobsMlApp ?? service ?? 'interceptor'
  return {
    trace_id: randomBytes(16).toString('hex'),
    span_id: spanId,
    parent_id: 'undefined',
    name: 'interceptor check',
    tags: [`ml_app:${mlApp}`, `service:${service ?? ''}`, `env:${env}`, `version:${version}`],
    start_ns: Date.now() * 1e6,
    duration: 1e6,
    status: 'ok',
    meta: { 'span.kind': 'task', input: {}, output: {} },
    metrics: {},
    _dd: { span_id: spanId },
  }
}

const AGENTLESS = 'or go without it: DD_LLMOBS_AGENTLESS_ENABLED=true and DD_API_KEY'
const START = `start the Datadog Agent, set DD_TRACE_AGENT_URL to where it is, ${AGENTLESS}`

const AGENT_FAILURES: Readonly<Record<string, TrialOutcome>> = {
  ECONNREFUSED: refusal('nothing listens there', START),
  ENOENT: refusal('there is no such socket', START),
  ENOTFOUND: refusal('there is no such host', START),
  EACCES: refusal('this user may not write to it', `let the user write to the agent’s socket, ${AGENTLESS}`),
}

function outcomeOfAgent({ answer }: TrialAnswer): TrialOutcome {
  if ('failure' in answer) return AGENT_FAILURES[answer.failure] ?? failed(answer.failure, START)
  return outcomeOf(answer.status, {
    key: 'the Agent’s own API key is refused: agent status',
    address: `it is an Agent without EVP proxy: update it, ${AGENTLESS}`,
    bad: `it does not understand the span: is DD_TRACE_AGENT_URL the Agent’s? ${AGENTLESS}`,
    later: 'it takes nothing now: the Agent’s own log says why',
  })
}

function intakeFailures(place: string): Readonly<Record<string, TrialOutcome>> {
  return {
    ECONNREFUSED: refusal('nothing listens there', `is ${place} right?`),
    ENOTFOUND: refusal('there is no such host', `is ${place} right?`),
    UND_ERR_INVALID_ARG: refusal('it cannot be sent', 'DD_API_KEY has characters that no header may have'),
  }
}

function outcomeOfIntake({ answer }: TrialAnswer, { apiKey = '', site, llmobsUrl }: Config): TrialOutcome {
  const place = llmobsUrl === undefined ? `DD_SITE (${site})` : 'INTERCEPTOR_LLMOBS_URL'
  if ('failure' in answer) return intakeFailures(place)[answer.failure] ?? failed(answer.failure, WAY_OUT)
  return outcomeOf(answer.status, {
    key: `DD_API_KEY (${keyShown(apiKey.trim())}) is wrong, or no key of ${place}`,
    address: `it is no LLM Observability intake: correct ${place}`,
    bad: `it does not understand the span: is ${place} an LLM Observability intake?`,
    later: 'it takes nothing now: try again later',
  })
}

const WAITED: Readonly<Record<string, string>> = {
  ETIMEDOUT: `no answer within ${LLMOBS.limits.timeoutMs / 1000} seconds`,
  UND_ERR_CONNECT_TIMEOUT: `no connection within ${LLMOBS.limits.connectTimeoutMs / 1000} seconds`,
}

function failed(failure: string, remedy: string): TrialOutcome {
  return refusal(WAITED[failure] ?? failure, remedy)
}

function outcomeOf(status: number, remedies: Readonly<Record<Exclude<StatusMeaning, 'taken'>, string>>): TrialOutcome {
  const because = `the answer was ${status}`
  const result = meaningOf(status)
  return result === 'taken' ? { result: 'accepted', because } : refusal(because, remedies[result])
}
