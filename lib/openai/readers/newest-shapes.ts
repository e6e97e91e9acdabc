import type { Shape } from './shape'

const words = (text: string): readonly string[] => text.split(' ')

const AGENT: Shape = {
  request: {
    params: words('model name reasoning.effort service_tier text.format.type text.verbosity multi_agent.enabled'),
    counts: words('tools'),
    texts: words('instructions'),
  },
  response: {
    strings: words('object name reasoning.effort service_tier text.format.type text.verbosity'),
    counts: words('tools'),
    texts: words('instructions'),
  },
}

/** What is put into an environment is counted; its variables may be secrets, and are not looked at. */
const ENVIRONMENT: Shape = {
  request: {
    params: words(
      'name network.access environment.type environment.environment_template_id environment.network.access ' +
        'type path file_id',
    ),
    counts: words('files skills plugins setup_commands environment.files environment.skills vault_ids'),
  },
  response: {
    strings: words('object name type network.access environment_id path'),
    numbers: words('size_bytes'),
    counts: words('files skills plugins'),
  },
}

/** A turn is told after the fact: its usage is of the call that was streamed, and shown all the same. */
const TURN: Shape = {
  response: {
    strings: words('object agent_id session_id subagent_id error.code'),
    numbers: words('started_at completed_at'),
  },
  billed: true,
}

/**
 * The shapes of what the newest SDK calls. Never here: tokens and secrets of a vault's credentials, signing secrets and
 * URLs of webhooks (they may hold one), and SDP.
 */
export const NEWEST_SHAPES: Readonly<Record<string, Shape>> = {
  agents: AGENT,
  'agents.automations': {
    request: {
      params: words(
        'type name expression timezone run_at target.type target.session_id target.agent_id target.agent.model ' +
          'target.agent.service_tier',
      ),
      texts: words('target.instructions target.agent.instructions target.input'),
    },
    response: {
      strings: words('object type name expression timezone target.type target.session_id target.agent_id'),
      numbers: words('run_at'),
      texts: words('target.instructions target.agent.instructions target.input'),
    },
  },
  'agents.automations.invocations': {
    response: {
      strings: words('object automation_id session_id skip_reason source.type error.code'),
      numbers: words('scheduled_at'),
    },
  },
  'agents.environments': ENVIRONMENT,
  'agents.environments.files': ENVIRONMENT,
  'agents.environments.templates': ENVIRONMENT,
  'agents.sessions.turns': TURN,
  'agents.sessions.subagents': {
    response: {
      strings: words('object name session_id parent_agent_id'),
      numbers: words('opened_at closed_at'),
      texts: words('instructions'),
    },
  },
  'agents.sessions.artifacts': {
    response: { strings: words('object path session_id turn_id environment_id'), numbers: words('size_bytes') },
  },
  vaults: { request: { params: words('name') }, response: { strings: words('object name') } },
  'vaults.credentials': {
    request: { params: words('name auth.type') },
    response: { strings: words('object name vault_id auth.type') },
  },
  webhook_endpoints: {
    request: {
      params: words('name event_type keep_old_secret_active_for_24_hours'),
      counts: words('event_types'),
    },
    response: {
      strings: words('object name event_type webhook_endpoint_id success'),
      numbers: words('status_code'),
      counts: words('event_types'),
    },
  },
  'live.sessions': {
    request: {
      params: words(
        'session.model session.type session.store session.safety_identifier session.audio.output.voice ' +
          'session.delegation.type session.delegation.responses.model session.delegation.responses.service_tier ' +
          'session.delegation.decisions.model transport.type status_code',
      ),
      counts: words('session.input session.triggers session.delegation.responses.tools'),
      texts: words('session.instructions session.input session.delegation.responses.instructions'),
    },
    response: { strings: words('session.id transport.type') },
  },
  'safety.alerts': {
    response: {
      strings: words('object error_type request_id response_id request_paused'),
      texts: words('reason detailed_explanation'),
    },
  },
  // Whom a case is about is nobody's fact.
  'safety.cases': { response: { strings: words('object notice.type'), texts: words('reason') } },
}
