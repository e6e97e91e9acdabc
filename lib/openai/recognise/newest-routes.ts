import { del, get, post, type RouteRow } from './route'

/**
 * What the newest SDK calls (openai-node 7.57) and the API description does not have yet: agents and their sessions,
 * vaults, webhook endpoints, live sessions, decisions, safety, administration. The ids are ours, in the API's manner.
 * `npm run routes -- <folder of an openai package>` lists what a newer one calls that has no row.
 */
export const NEWEST: Readonly<Record<string, readonly RouteRow[]>> = {
  agents: [
    get('/agents', 'listAgents'),
    post('/agents', 'createAgent', { model: 'body' }),
    get('/agents/{agent_id}', 'getAgent'),
    post('/agents/{agent_id}', 'updateAgent', { model: 'body' }),
    del('/agents/{agent_id}', 'deleteAgent'),
  ],
  'agents.automations': [
    get('/agents/automations', 'listAgentAutomations'),
    post('/agents/automations', 'createAgentAutomation', { model: 'body', modelField: 'target.agent.model' }),
    get('/agents/automations/{automation_id}', 'getAgentAutomation'),
    post('/agents/automations/{automation_id}', 'updateAgentAutomation', {
      model: 'body',
      modelField: 'target.agent.model',
    }),
    del('/agents/automations/{automation_id}', 'deleteAgentAutomation'),
    post('/agents/automations/{automation_id}/pause', 'pauseAgentAutomation'),
    post('/agents/automations/{automation_id}/resume', 'resumeAgentAutomation'),
  ],
  'agents.automations.invocations': [
    get('/agents/automations/{automation_id}/invocations', 'listAgentAutomationInvocations'),
    post('/agents/automations/{automation_id}/invocations', 'createAgentAutomationInvocation'),
    get('/agents/automations/{automation_id}/invocations/{invocation_id}', 'getAgentAutomationInvocation'),
  ],
  'agents.environments': [
    get('/agents/environments', 'listAgentEnvironments'),
    post('/agents/environments', 'createAgentEnvironment'),
    get('/agents/environments/{environment_id}', 'getAgentEnvironment'),
  ],
  'agents.environments.files': [
    get('/agents/environments/{environment_id}/files', 'listAgentEnvironmentFiles'),
    post('/agents/environments/{environment_id}/files', 'createAgentEnvironmentFile'),
  ],
  'agents.environments.templates': [
    get('/agents/environments/templates', 'listAgentEnvironmentTemplates'),
    post('/agents/environments/templates', 'createAgentEnvironmentTemplate'),
    get('/agents/environments/templates/{template_id}', 'getAgentEnvironmentTemplate'),
    post('/agents/environments/templates/{template_id}', 'updateAgentEnvironmentTemplate'),
    del('/agents/environments/templates/{template_id}', 'deleteAgentEnvironmentTemplate'),
  ],
  'agents.sessions': [
    get('/agents/sessions', 'listAgentSessions'),
    post('/agents/sessions', 'createAgentSession', { model: 'body', modelField: 'agent.model', streams: 'body' }),
    get('/agents/sessions/{session_id}', 'getAgentSession'),
    // Its answer tells the session's running total: nothing is spent.
    post('/agents/sessions/{session_id}', 'updateAgentSession', { model: 'body', modelField: 'agent.model' }),
    del('/agents/sessions/{session_id}', 'deleteAgentSession'),
  ],
  'agents.sessions.events': [
    // Live, and the one place where a turn's own tokens are told: what is sent by POST is answered with nothing.
    get('/agents/sessions/{session_id}/events', 'streamAgentSessionEvents', { spends: true }),
    post('/agents/sessions/{session_id}/events', 'createAgentSessionEvents'),
  ],
  'agents.sessions.items': [
    get('/agents/sessions/{session_id}/items', 'listAgentSessionItems'),
    get('/agents/sessions/{session_id}/turns/{turn_id}/items', 'listAgentSessionTurnItems'),
    get('/agents/sessions/{session_id}/subagents/{subagent_id}/items', 'listAgentSessionSubagentItems'),
    get(
      '/agents/sessions/{session_id}/subagents/{subagent_id}/turns/{turn_id}/items',
      'listAgentSessionSubagentTurnItems',
    ),
  ],
  'agents.sessions.turns': [
    get('/agents/sessions/{session_id}/turns', 'listAgentSessionTurns'),
    get('/agents/sessions/{session_id}/turns/{turn_id}', 'getAgentSessionTurn'),
    get('/agents/sessions/{session_id}/subagents/{subagent_id}/turns', 'listAgentSessionSubagentTurns'),
    get('/agents/sessions/{session_id}/subagents/{subagent_id}/turns/{turn_id}', 'getAgentSessionSubagentTurn'),
  ],
  'agents.sessions.subagents': [
    get('/agents/sessions/{session_id}/subagents', 'listAgentSessionSubagents'),
    get('/agents/sessions/{session_id}/subagents/{subagent_id}', 'getAgentSessionSubagent'),
  ],
  'agents.sessions.artifacts': [
    get('/agents/sessions/{session_id}/artifacts', 'listAgentSessionArtifacts'),
    get('/agents/sessions/{session_id}/artifacts/{artifact_id}', 'getAgentSessionArtifact'),
    del('/agents/sessions/{session_id}/artifacts/{artifact_id}', 'deleteAgentSessionArtifact'),
    get('/agents/sessions/{session_id}/artifacts/{artifact_id}/content', 'downloadAgentSessionArtifact', {
      file: true,
    }),
  ],
  'agents.sessions.traces': [get('/agents/sessions/{session_id}/traces', 'listAgentSessionTraces')],
  vaults: [
    get('/vaults', 'listVaults'),
    post('/vaults', 'createVault'),
    get('/vaults/{vault_id}', 'getVault'),
    post('/vaults/{vault_id}', 'updateVault'),
    del('/vaults/{vault_id}', 'deleteVault'),
  ],
  'vaults.credentials': [
    get('/vaults/{vault_id}/credentials', 'listVaultCredentials'),
    post('/vaults/{vault_id}/credentials', 'createVaultCredential'),
    get('/vaults/{vault_id}/credentials/{credential_id}', 'getVaultCredential'),
    post('/vaults/{vault_id}/credentials/{credential_id}', 'updateVaultCredential'),
    del('/vaults/{vault_id}/credentials/{credential_id}', 'deleteVaultCredential'),
  ],
  webhook_endpoints: [
    get('/webhook_endpoints', 'listWebhookEndpoints'),
    post('/webhook_endpoints', 'createWebhookEndpoint'),
    get('/webhook_endpoints/{webhook_endpoint_id}', 'getWebhookEndpoint'),
    post('/webhook_endpoints/{webhook_endpoint_id}', 'updateWebhookEndpoint'),
    del('/webhook_endpoints/{webhook_endpoint_id}', 'deleteWebhookEndpoint'),
    post('/webhook_endpoints/{webhook_endpoint_id}/rotate_secret', 'rotateWebhookEndpointSecret'),
    post('/webhook_endpoints/{webhook_endpoint_id}/test', 'testWebhookEndpoint'),
    get('/webhook_event_types', 'listWebhookEventTypes'),
  ],
  'live.sessions': [
    post('/live/sessions', 'createLiveSession', { model: 'body', modelField: 'session.model' }),
    post('/live/sessions/{session_id}/accept', 'acceptLiveSession', { model: 'body', modelField: 'session.model' }),
    post('/live/sessions/{session_id}/fork', 'forkLiveSession'),
    post('/live/sessions/{session_id}/hangup', 'hangupLiveSession'),
    post('/live/sessions/{session_id}/refer', 'referLiveSession'),
    post('/live/sessions/{session_id}/reject', 'rejectLiveSession'),
    get('/live/sessions/{session_id}/content', 'downloadLiveSessionRecording', { file: true }),
    get('/live/sessions', 'connectLiveSession', { model: 'query', streams: 'websocket' }),
    get('/live/sessions/{session_id}/attach', 'attachLiveSession', { streams: 'websocket' }),
    get('/live/sessions/{session_id}/fork', 'connectLiveSessionFork', { streams: 'websocket' }),
  ],
  'realtime.translations': [
    get('/realtime/translations', 'connectRealtimeTranslation', { model: 'query', streams: 'websocket' }),
  ],
  decisions: [post('/decisions', 'createDecision', { model: 'body', spends: true })],
  'safety.alerts': [get('/safety/alerts/{alert_id}', 'getSafetyAlert')],
  'safety.cases': [get('/safety/cases/{case_id}', 'getSafetyCase')],
  'audio.voices': [del('/audio/voices/{voice_id}', 'deleteVoice')],
  'evals.runs': [post('/evals/{eval_id}/runs/{run_id}/cancel', 'cancelEvalRun')],
  'organization.external_keys': [
    get('/organization/external_keys', 'listExternalKeys'),
    post('/organization/external_keys', 'createExternalKey'),
    get('/organization/external_keys/{external_key_id}', 'getExternalKey'),
    del('/organization/external_keys/{external_key_id}', 'deleteExternalKey'),
    post('/organization/external_keys/{external_key_id}/validate', 'validateExternalKey'),
  ],
  'organization.external_storage': [
    get('/organization/external_storage', 'listExternalStorage'),
    post('/organization/external_storage', 'createExternalStorage'),
    get('/organization/external_storage/{external_storage_id}', 'getExternalStorage'),
    del('/organization/external_storage/{external_storage_id}', 'deleteExternalStorage'),
    post('/organization/external_storage/{external_storage_id}/validate', 'validateExternalStorage'),
  ],
  'organization.workload_identity_providers': [
    get('/organization/workload_identity_providers', 'listWorkloadIdentityProviders'),
    post('/organization/workload_identity_providers', 'createWorkloadIdentityProvider'),
    get('/organization/workload_identity_providers/{provider_id}', 'getWorkloadIdentityProvider'),
    post('/organization/workload_identity_providers/{provider_id}', 'updateWorkloadIdentityProvider'),
    del('/organization/workload_identity_providers/{provider_id}', 'deleteWorkloadIdentityProvider'),
    get('/organization/workload_identity_providers/{provider_id}/federation_rules', 'listFederationRules'),
    post('/organization/workload_identity_providers/{provider_id}/federation_rules', 'createFederationRule'),
    get('/organization/workload_identity_providers/{provider_id}/federation_rules/{rule_id}', 'getFederationRule'),
    post('/organization/workload_identity_providers/{provider_id}/federation_rules/{rule_id}', 'updateFederationRule'),
    del('/organization/workload_identity_providers/{provider_id}/federation_rules/{rule_id}', 'deleteFederationRule'),
  ],
  'organization.projects.api_keys': [
    post('/organization/projects/{project_id}/api_keys/{api_key_id}', 'update-project-api-key'),
  ],
  'organization.projects.service_tier_settings': [
    get('/organization/projects/{project_id}/service_tier_settings', 'retrieve-project-service-tier-settings'),
    post('/organization/projects/{project_id}/service_tier_settings', 'update-project-service-tier-settings'),
  ],
  'organization.usage': [get('/organization/usage/decisions', 'usage-decisions')],
}
