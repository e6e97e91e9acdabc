import { hostname } from 'node:os'
import type { Config } from '../config'
import { meaningOf, type StatusMeaning } from '../sinks/intake/delivery'
import { LOGS, logIntakeUrl, logTarget } from '../sinks/intake/logs'
import type { SendResult } from '../sinks/intake/sender'
import { postTrial, WAY_OUT } from './post-trial'
import { keyShown, urlShown } from './secrets'
import { refusal, type Trial, type TrialOutcome } from './trial'

/** Posts one entry as the writer of logs would, and tells what the intake answered. */
export async function tryLog(config: Config, env: NodeJS.ProcessEnv): Promise<Trial> {
  const url = logIntakeUrl(config)
  const trial = { name: 'log', where: urlShown(url.href) } as const
  const apiKey = config.apiKey?.trim()
  if (!config.logsEnabled) {
    const remedy = `to have logs, set DD_OPENAI_LOGS_ENABLED=true${apiKey ? '' : ' and DD_API_KEY'}`
    return { ...trial, result: 'off', because: 'DD_OPENAI_LOGS_ENABLED is not true', remedy }
  }
  if (!apiKey) return { ...trial, ...refusal('there is no DD_API_KEY', 'set it to a key of your organization') }
  if (!/^https?:$/.test(url.protocol)) {
    return { ...trial, ...refusal('it is no http or https URL', 'correct DD_AGENTLESS_LOG_SUBMISSION_URL') }
  }
  const { answer } = await postTrial(LOGS, [logTarget(config, apiKey)], testEntry(config), env)
  return { ...trial, ...outcomeOfLog(answer, config, apiKey) }
}

function testEntry({ openaiService, service, env = '', version = '' }: Config): Record<string, string | number> {
  return {
    timestamp: Date.now(),
    message: 'interceptor check',
    hostname: hostname(),
    ddsource: 'openai',
    service: openaiService ?? service ?? '',
    status: 'info',
    ddtags: `env:${env},version:${version}`,
  }
}

const LOG_FAILURES: Readonly<Record<string, TrialOutcome>> = {
  ECONNREFUSED: refusal('nothing listens there', 'is DD_SITE or DD_AGENTLESS_LOG_SUBMISSION_URL right?'),
  ENOTFOUND: refusal('there is no such host', 'is DD_SITE or DD_AGENTLESS_LOG_SUBMISSION_URL right?'),
  ETIMEDOUT: refusal(`no answer within ${LOGS.limits.timeoutMs / 1000} seconds`, WAY_OUT),
  UND_ERR_CONNECT_TIMEOUT: refusal(`no connection within ${LOGS.limits.connectTimeoutMs / 1000} seconds`, WAY_OUT),
  UND_ERR_INVALID_ARG: refusal('it cannot be sent', 'DD_API_KEY has characters that no header may have'),
}

function outcomeOfLog(answer: SendResult, { site, logsUrl }: Config, apiKey: string): TrialOutcome {
  if ('failure' in answer) return LOG_FAILURES[answer.failure] ?? refusal(answer.failure, WAY_OUT)
  const because = `the answer was ${answer.status}`
  const place = logsUrl === undefined ? `DD_SITE (${site})` : 'DD_AGENTLESS_LOG_SUBMISSION_URL'
  const remedies: Record<Exclude<StatusMeaning, 'taken'>, string> = {
    key: `DD_API_KEY (${keyShown(apiKey)}) is wrong, or no key of ${place}`,
    address: `it is no logs intake: correct ${place}`,
    bad: `it does not understand the entry: is ${place} a logs intake?`,
    later: 'it takes nothing now: try again later',
  }
  const result = meaningOf(answer.status)
  return result === 'taken' ? { result: 'accepted', because } : refusal(because, remedies[result])
}
