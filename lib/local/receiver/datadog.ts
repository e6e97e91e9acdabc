import { type Agent, startAgent } from './agent'
import { type Dogstatsd, startDogstatsd } from './dogstatsd'
import { type Intake, startIntake } from './intake'

/** Everything that the traces, metrics and logs of an app may be sent to. */
export interface Datadog {
  agent: Agent
  dogstatsd: Dogstatsd
  intake: Intake
  /** Points an app at the three; for the environment of a child process. */
  env: Record<string, string>
  close(): Promise<void>
}

export async function startDatadog(): Promise<Datadog> {
  const [agent, dogstatsd, intake] = await Promise.all([startAgent(), startDogstatsd(), startIntake()])
  return {
    agent,
    dogstatsd,
    intake,
    env: {
      DD_TRACE_AGENT_URL: agent.url,
      DD_AGENT_HOST: '127.0.0.1',
      DD_DOGSTATSD_PORT: String(dogstatsd.port),
      DD_AGENTLESS_LOG_SUBMISSION_URL: intake.url,
      DD_API_KEY: 'stand-in',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
    close: async () => {
      await Promise.all([agent.close(), dogstatsd.close(), intake.close()])
    },
  }
}
