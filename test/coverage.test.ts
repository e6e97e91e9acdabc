import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../lib/config'
import type { Span } from '../lib/local/receiver/spans'
import { loadTapes, requestBytes, type Tape } from '../lib/local/tapes/tape'
import { tapeText } from '../lib/local/tapes/tape-text'
import { readerFor } from '../lib/openai/readers'
import { GENERIC, resourceReader } from '../lib/openai/readers/resources'
import { createHosts } from '../lib/openai/recognise/hosts'
import { type Match, match } from '../lib/openai/recognise/match'
import { ROUTES } from '../lib/openai/recognise/routes'
import { startWorld, type World } from './world'

/**
 * Nothing of the API is left to chance: every operation of the route table has a tape, every family a reader that
 * somebody decided on, and what was written from the documentation is replayed and read off the spans.
 */

const words = (text: string): string[] => text.split(' ')

/** Operations without a tape, and why. */
const UNTAPED: Readonly<Record<string, string>> = {
  connectRealtime: 'a WebSocket handshake has no body, and its answer is 101: recognition.test.ts',
  connectResponses: 'a WebSocket handshake has no body, and its answer is 101: recognition.test.ts',
  connectRealtimeTranslation: 'a WebSocket handshake',
  connectLiveSession: 'a WebSocket handshake',
  attachLiveSession: 'a WebSocket handshake',
  connectLiveSessionFork: 'a WebSocket handshake',
}

/** Families that take code of their own to read. */
const OWN = words(
  'chat.completions completions responses embeddings moderations images audio.speech audio.transcriptions ' +
    'audio.translations models assistants threads threads.messages threads.runs threads.runs.steps conversations ' +
    'conversations.items edits agents.sessions agents.sessions.events decisions',
)

/** Families that a list of names describes. */
const RESOURCES = words(
  'audio.voices realtime.calls realtime.client_secrets realtime.sessions realtime.transcription_sessions ' +
    'realtime.translations.client_secrets videos videos.characters files uploads batches fine_tuning.jobs ' +
    'fine_tuning.checkpoints fine_tuning.graders vector_stores vector_stores.files vector_stores.file_batches ' +
    'chatkit.sessions chatkit.threads containers containers.files content_provenance_checks evals evals.runs ' +
    'evals.runs.output_items skills skills.versions fine-tunes engines answers classifications assistants.files ' +
    'threads.messages.files organization.admin_api_keys organization.certificates organization.data_retention ' +
    'organization.groups organization.invites organization.projects organization.projects.api_keys ' +
    'organization.projects.archive organization.projects.certificates organization.projects.data_retention ' +
    'organization.projects.groups organization.projects.hosted_tool_permissions ' +
    'organization.projects.model_permissions organization.projects.rate_limits ' +
    'organization.projects.service_accounts organization.projects.spend_alerts organization.projects.spend_limit ' +
    'organization.projects.users organization.roles organization.spend_alerts organization.spend_limit ' +
    'organization.users projects.groups.roles projects.roles projects.users.roles agents agents.automations ' +
    'agents.automations.invocations agents.environments agents.environments.files agents.environments.templates ' +
    'agents.sessions.turns agents.sessions.subagents agents.sessions.artifacts vaults vaults.credentials ' +
    'webhook_endpoints live.sessions safety.alerts safety.cases organization.external_keys ' +
    'organization.external_storage organization.projects.service_tier_settings ' +
    'organization.workload_identity_providers',
)

/** Families of which what every object of the API says of itself is enough, and why. */
const GENERICS: Readonly<Record<string, string>> = {
  realtime: 'a WebSocket: what goes over it is not HTTP',
  'realtime.translations': 'a WebSocket: what goes over it is not HTTP',
  'agents.sessions.items': 'pages: how many items is all that is the call’s',
  'agents.sessions.traces': 'pages of OpenTelemetry’s own',
  'organization.audit_logs': 'pages of a report: how many entries is all that is the call’s',
  'organization.costs': 'pages of a report: amounts are of other calls',
  'organization.usage': 'pages of a report: tokens are of other calls',
}

/** By tape, what its span must say, without `openai.` before it. Checked by hand against the documented shapes. */
const FACTS: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  // Chat, completions and what became of them
  'list-chat-completions': { 'response.count': 1, 'response.has_more': 'false', 'request.limit': '20' },
  'get-chat-completion': { 'request.completion_id': 'chatcmpl-doc123', 'response.choices.0.finish_reason': 'stop' },
  'delete-chat-completion': { 'response.deleted': 'true' },
  'create-chat-completion-audio': {
    'response.choices.0.message.audio.transcript': 'Somebody says hello.',
    'response.usage.input_audio_tokens': 11,
    'response.usage.output_audio_tokens': 21,
  },
  'create-chat-completion-many': { 'response.choices_count': 3, 'response.incomplete': 'length', 'request.n': '3' },
  'create-chat-completion-refusal': { 'response.incomplete': 'refusal' },
  'create-chat-completion-stream': { 'response.choices.0.message.content': 'Hi there!', 'response.chunks': 5 },
  'create-chat-completion-engines': { 'request.model': 'gpt-35-turbo', 'response.usage.total_tokens': 12 },
  'create-completion-engines': { 'request.model': 'davinci', 'response.choices.0.text': ' This is a test.' },
  'create-embedding-engines': { 'response.embeddings_count': 1, 'response.embedding-length': 4 },
  'create-edit-engines': { 'request.model': 'text-davinci-edit-001', 'response.choices_count': 1 },
  'create-answer': { 'request.documents_count': 2, 'response.answers': 'puppy A.' },
  'create-classification': { 'request.labels_count': 2, 'response.label': 'Negative' },
  'create-search': { 'request.documents_count': 3, 'response.count': 2, 'response.model': 'ada:2020-05-03' },
  'create-moderation-parts': { 'response.flagged': 1, 'response.categories.violence': 1 },

  // Responses
  'create-response-background': { 'response.status': 'queued', 'request.background': 'true' },
  'create-response-incomplete': { 'response.incomplete': 'length', 'response.usage.reasoning_tokens': 16 },
  'create-response-stream-reasoning': {
    'response.output.0.summary': '**Comparing digits** 9.11 is 9.110.',
    'response.output.1.content': '9.9 is larger.',
    'response.usage.reasoning_tokens': 64,
  },
  'create-response-stream-failed': { 'response.incomplete': 'failed', 'error.code': 'server_error' },
  'create-response-stream-error': { 'response.incomplete': 'failed', 'error.kind': 'rate_limit' },
  'get-response': { 'response.status': 'completed', 'response.usage.total_tokens': 25 },
  'get-response-failed': { 'response.status': 'failed', 'error.code': 'server_error' },
  'get-response-stream': { 'response.output.0.content': 'Paris.', 'request.starting_after': '3' },
  'cancel-response': { 'response.status': 'cancelled', 'response.incomplete': 'cancelled' },
  'delete-response': { 'request.response_id': 'resp_doc123', 'response.deleted': 'true' },
  'list-input-items': { 'response.count': 1 },
  getinputtokencounts: { 'response.input_tokens': 11, 'request.model': 'gpt-5' },
  compactconversation: { 'response.output.1.type': 'compaction', 'response.usage.prompt_tokens': 139 },
  'beta-create-response': { 'response.output.0.content': 'Paris.', 'response.usage.reasoning_tokens': 8 },
  'create-conversation': { 'response.id': 'conv_abc123', 'request.items_count': 1 },
  'create-conversation-items': { 'request.items.1.content': 'How are you?', 'response.count': 2 },

  // Sound and pictures
  'create-speech': { 'response.total_bytes': 121, 'request.voice': 'alloy' },
  'create-speech-stream': { 'response.total_bytes': 28, 'response.usage.completion_tokens': 101 },
  'create-transcription-stream': { 'response.text': 'I see skies of blue.', 'response.usage.input_audio_tokens': 10 },
  'create-transcription-diarized': { 'response.segments_count': 2, 'response.duration': 27.4 },
  'create-voice-consent': { 'request.filename': 'consent.wav', 'response.language': 'en-US' },
  'create-voice': { 'request.consent': 'cons_abc123', 'response.id': 'voice_abc123' },
  'create-image-stream': { 'response.images_count': 1, 'response.images.0.b64_json': 'returned' },
  'create-image-edit-stream': { 'request.image': 'otter.png', 'request.mask': 'mask.png' },
  'create-video': { 'response.status': 'queued', 'response.progress': 0, 'request.input_reference': 'cat.png' },
  'create-video-edit': { 'request.video.id': 'video_abc123', 'response.remixed_from_video_id': 'video_abc123' },
  'get-video': { 'response.status': 'completed', 'response.progress': 100, 'response.seconds': '4' },
  'get-video-failed': { 'response.status': 'failed', 'response.error.code': 'moderation_blocked' },
  'retrieve-video-content': { 'response.total_bytes': 48 },
  'create-video-character': { 'request.video': 'mittens.mp4', 'response.name': 'Mittens' },
  createcontentprovenancecheck: {
    'response.results.c2pa.outcome': 'detected',
    'response.results.synthid.outcome': 'not_detected',
    'request.filename': 'example.png',
  },

  // Realtime
  'create-realtime-call': { 'request.session.model': 'gpt-realtime' },
  'accept-realtime-call': { 'request.call_id': 'rtc_abc123', 'request.model': 'gpt-realtime' },
  'reject-realtime-call': { 'request.status_code': '486' },
  'create-realtime-client-secret': {
    'request.expires_after.seconds': '600',
    'response.session.id': 'sess_abc123',
    'response.session.audio.output.voice': 'alloy',
  },
  'create-realtime-session': { 'response.id': 'sess_abc123', 'response.voice': 'alloy' },
  'create-realtime-transcription-session': { 'request.input_audio_transcription.model': 'gpt-4o-transcribe' },
  'create-realtime-translation-client-secret': { 'response.session.audio.output.language': 'es' },
  'create-chat-session-method': { 'request.workflow.id': 'wf_abc123', 'response.status': 'active' },
  'get-thread-method': { 'response.status.type': 'locked', 'response.status.reason': 'Escalated to a human' },

  // Assistants
  'create-assistant': { 'response.id': 'asst_abc123', 'request.tools_count': 1 },
  'create-thread': { 'request.messages.0.role': 'user', 'response.id': 'thread_abc123' },
  'create-message': { 'request.content': 'I need to solve 3x + 11 = 14.', 'response.role': 'user' },
  'create-run': { 'response.status': 'queued', 'request.max_completion_tokens': '500' },
  'create-run-stream': { 'response.messages.0.content': 'x = 1.', 'response.usage.total_tokens': 168 },
  'create-thread-and-run-stream': { 'response.tool_calls.0.name': 'get_weather', 'response.status': 'requires_action' },
  'get-run-failed': { 'response.status': 'failed', 'response.last_error.code': 'rate_limit_exceeded' },
  'submit-tool-ouputs-to-run': { 'request.tool_outputs_count': 1, 'response.status': 'in_progress' },
  'get-run-step': { 'response.type': 'message_creation', 'response.status': 'completed' },
  'create-assistant-file': { 'request.file_id': 'file-abc123', 'response.id': 'file-abc123' },
  'list-message-files': { 'response.count': 1, 'request.message_id': 'msg_abc123' },

  // Files, stores, jobs
  'create-upload': { 'request.bytes': '2147483', 'response.status': 'pending' },
  'complete-upload': { 'request.part_ids_count': 2, 'response.file.id': 'file-abc123' },
  'retrieve-batch': {
    'response.status': 'completed',
    'response.request_counts.completed': 95,
    'response.request_counts.failed': 5,
  },
  'retrieve-batch-failed': { 'response.status': 'failed', 'response.errors_data_count': 1 },
  'pause-fine-tuning-job': { 'response.status': 'paused', 'response.hyperparameters.n_epochs': 3 },
  'retrieve-fine-tuning-job-failed': { 'response.error.code': 'invalid_training_file' },
  'create-fine-tuning-checkpoint-permission': { 'request.project_ids_count': 1, 'response.count': 1 },
  'run-grader': { 'response.reward': 1, 'response.metadata.token_usage': 190, 'request.grader.type': 'score_model' },
  'create-vector-store': { 'request.file_ids_count': 3, 'response.file_counts.in_progress': 3 },
  'get-vector-store': { 'response.usage_bytes': 123456, 'response.file_counts.completed': 3 },
  'search-vector-store': { 'request.query': 'What is the return policy?', 'response.count': 1 },
  'get-vector-store-file': { 'response.status': 'failed', 'response.last_error.code': 'unsupported_file' },
  'get-vector-store-file-batch': { 'response.file_counts.failed': 1, 'response.file_counts.total': 2 },
  'create-container': { 'response.memory_limit': '4g', 'response.status': 'running' },
  'create-container-file': { 'request.filename': 'report.csv', 'response.bytes': 880 },
  'retrieve-container-file-content': { 'response.total_bytes': 8 },
  'create-eval': { 'request.testing_criteria_count': 1, 'response.id': 'eval_abc123' },
  'get-eval-run': { 'response.result_counts.passed': 9, 'response.result_counts.failed': 1 },
  'get-eval-run-output-item': { 'response.status': 'pass', 'response.sample.usage.total_tokens': 87 },
  'create-skill': { 'request.files': 'SKILL.md', 'response.latest_version': '1' },
  'get-skill-content': { 'response.total_bytes': 58 },
  'delete-skill-version': { 'response.version': '1', 'response.deleted': 'true' },
  'retrieve-engine': { 'response.owner': 'openai', 'request.model': 'davinci' },

  // Administration
  'admin-api-keys-create': { 'response.id': 'key_abc', 'response.name': 'New Admin Key' },
  'retrieve-project-api-key': { 'response.owner.type': 'user', 'response.owner_project_access': 'active' },
  'create-project-service-account': { 'response.api_key.id': 'key_abc', 'response.role': 'member' },
  'list-audit-logs': { 'response.count': 1 },
  'usage-costs': { 'request.start_time': '1760000000', 'response.count': 1 },
  'usage-completions': { 'request.group_by': 'model', 'response.has_more': 'true' },
  'activate-organization-certificates': { 'request.certificate_ids_count': 2, 'response.count': 2 },
  'list-project-certificates': { 'request.project_id': 'proj_abc', 'response.count': 1 },
  'update-organization-data-retention': { 'response.type': 'zero_data_retention' },
  'update-project-data-retention': { 'request.retention_type': 'zero_data_retention' },
  'add-group-user': { 'request.user_id': 'user_abc', 'response.group_id': 'group_abc' },
  'invite-user': { 'response.status': 'pending', 'response.projects_count': 1 },
  'create-project': { 'request.name': 'Checkout', 'response.status': 'active' },
  'archive-project': { 'response.status': 'archived', 'response.archived_at': 1760000060 },
  'add-project-group': { 'response.group_name': 'Support Team' },
  'retrieve-project-hosted-tool-permissions': { 'response.mcp.enabled': 'false' },
  'update-project-model-permissions': { 'request.mode': 'allow_list', 'response.model_ids_count': 2 },
  'update-project-rate-limits': { 'request.max_requests_per_1_minute': '500', 'response.model': 'gpt-5-mini' },
  'update-project-spend-alert': { 'response.threshold_amount': 60000 },
  getprojectspendlimit: { 'response.threshold_amount': 100000, 'response.enforcement.status': 'enforcing' },
  'modify-project-user': { 'request.role': 'owner', 'response.id': 'user_abc' },
  'create-role': { 'request.permissions_count': 1, 'response.resource_type': 'api.organization' },
  'create-organization-spend-alert': { 'request.threshold_amount': '50000', 'response.interval': 'month' },
  getorganizationspendlimit: { 'response.threshold_amount': 100000 },
  'assign-user-role': { 'request.role_id': 'role_abc', 'response.role.name': 'Eval Reader' },
  'assign-project-group-role': { 'response.role.id': 'role_abc', 'response.group.id': 'group_abc' },
  'retrieve-project-role': { 'response.predefined_role': 'false', 'response.permissions_count': 1 },
  'assign-project-user-role': { 'response.user.id': 'user_abc' },

  // Agents and what else the newest SDK calls
  'create-agent': {
    'request.model': 'gpt-5',
    'request.instructions': 'You know the tides.',
    'request.reasoning.effort': 'low',
    'request.tools_count': 1,
    'response.name': 'Sailor',
  },
  'update-agent': { 'request.agent_id': 'agent_abc', 'response.service_tier': 'flex' },
  'delete-agent': { 'response.deleted': 'true' },
  'list-agents': { 'response.count': 1 },
  'create-agent-automation': {
    'request.model': 'gpt-5',
    'request.type': 'once',
    'request.target.input': 'Which tide is it?',
    'response.run_at': 1760000000,
  },
  'update-agent-automation': { 'request.expression': '0 7 * * *', 'response.target.type': 'existing_session' },
  'get-agent-automation-invocation': { 'response.status': 'failed', 'response.error.code': 'session_busy' },
  'create-agent-environment': { 'request.environment.type': 'openai_hosted', 'response.status': 'pending' },
  'create-agent-environment-file': { 'request.file_id': 'file-abc', 'response.size_bytes': 1200 },
  'create-agent-environment-template': { 'request.setup_commands_count': 1, 'response.network.access': 'restricted' },
  'create-agent-session': {
    'request.input': 'Which tide is it?',
    'response.agent.model': 'gpt-5',
    'response.status': 'in_progress',
  },
  'create-agent-session-stream': {
    'request.model': 'gpt-5',
    'request.input.0.content': 'Which tide is it?',
    'response.status': 'idle',
    'response.turn.status': 'completed',
    'response.output_count': 1,
    'response.output.0.content': 'The ebb tide.',
    'response.usage.prompt_tokens': 40,
    'response.usage.completion_tokens': 9,
    'response.usage.cached_tokens': 16,
    'response.usage.reasoning_tokens': 4,
    'response.chunks': 11,
  },
  'stream-agent-session-events': {
    'request.session_id': 'asess_abc',
    'response.turns': 2,
    'response.output.0.summary': 'Asking the table.',
    'response.output.1.name': 'tide',
    'response.output.1.arguments': '{"place": "Kiel"}',
    'response.output.2.content': 'Low water at six.',
    'response.usage.prompt_tokens': 100,
    'response.usage.completion_tokens': 14,
    'response.usage.total_tokens': 114,
  },
  'stream-agent-session-events-failed': { 'response.incomplete': 'failed', 'error.kind': 'rate_limit' },
  'create-agent-session-events': {
    'request.events.0.input': 'And tomorrow?',
    'request.events.1.call_id': 'call_abc',
    'request.events.1.output': 'Low water 06:00',
  },
  'get-agent-session': { 'response.status': 'requires_action', 'response.required_actions.0.name': 'tide' },
  'update-agent-session': { 'request.model': 'gpt-5-mini', 'response.spend_control.consumed': 12 },
  'list-agent-session-items': { 'response.count': 1 },
  'get-agent-session-turn': { 'response.status': 'completed', 'response.usage.total_tokens': 49 },
  'get-agent-session-subagent-turn': { 'response.status': 'failed', 'response.error.code': 'server_error' },
  'get-agent-session-subagent': { 'response.name': 'Lookout', 'response.instructions': 'Watch the buoys.' },
  'get-agent-session-artifact': { 'response.path': '/out/tides.csv', 'response.size_bytes': 24 },
  'download-agent-session-artifact': { 'response.total_bytes': 21 },
  'list-agent-session-traces': { 'response.count': 1 },
  'create-vault': { 'request.name': 'Harbour keys', 'response.id': 'vault_abc' },
  'create-vault-credential': { 'request.auth.type': 'static_bearer', 'response.vault_id': 'vault_abc' },
  'create-webhook-endpoint': { 'request.event_types_count': 2, 'response.name': 'Bridge' },
  'test-webhook-endpoint': { 'request.event_type': 'response.completed', 'response.status_code': 204 },
  'create-live-session': {
    'request.model': 'gpt-live-1',
    'request.session.instructions': 'Speak slowly.',
    'request.session.delegation.responses.model': 'gpt-5',
    'response.session.id': 'live_abc',
  },
  'reject-live-session': { 'request.status_code': '486' },
  'create-decision': {
    'request.model': 'gpt-5-decide',
    'request.input': 'The mast is broken!',
    'request.questions.1.instructions': 'Who is to act?',
    'response.model': 'gpt-5-decide-2026-10-01',
    'response.answers.0.probability': 0.97,
    'response.answers.1.choice': 'deck',
    'response.answers.2.score': 0.4,
    'response.usage.total_tokens': 53,
  },
  'get-safety-alert': {
    'response.error_type': 'other',
    'response.request_paused': 'true',
    'response.reason': 'Looked odd.',
  },
  'get-safety-case': { 'response.notice.type': 'warning' },
  'create-external-key': { 'request.type': 'aws', 'response.api_project_ids_count': 1 },
  'validate-external-key': { 'response.status': 'valid' },
  'create-external-storage': { 'request.provider.type': 'aws', 'response.status': 'pending' },
  'update-workload-identity-provider': { 'request.enabled': 'false', 'response.enabled': 'false' },
  'create-federation-rule': { 'request.service_account_id': 'svc_abc', 'response.permissions.type': 'restricted' },
  'update-project-api-key': { 'request.scopes_count': 1, 'response.expires_at': 1760086400 },
  'retrieve-project-service-tier-settings': { 'response.default': 'fast', 'response.enabled_tiers': 'all' },
  'update-project-service-tier-settings': { 'response.enabled_tiers_count': 2 },

  // Azure
  'azure-v1-create-chat-completion': { api_type: 'azure', 'response.prompt_filter_results.0.violence': 'low' },
  'azure-v1-create-response': { api_version: 'preview', 'response.output.0.content': 'Hello!' },
  'azure-create-embedding': { 'request.model': 'shop-embeddings', 'response.embeddings_count': 2 },

  // Errors
  'error-rate-limit': {
    'error.kind': 'rate_limit',
    'request.retry_after_ms': 6300,
    'organization.ratelimit.tokens.remaining': 0,
    'organization.ratelimit.requests.reset': 120,
  },
  'error-insufficient-quota': { 'error.kind': 'quota', 'error.code': 'insufficient_quota' },
  'error-context-length': { 'error.kind': 'context_length', 'error.param': 'messages' },
  'error-content-filter-azure': { 'error.kind': 'content_filter', 'request.model': 'shop-gpt-4o' },
  'error-moderation-blocked': { 'error.kind': 'content_filter' },
  'error-invalid-key': { 'error.kind': 'auth' },
  'error-permission': { 'error.kind': 'permission' },
  'error-model-not-found': { 'error.kind': 'not_found', 'error.code': 'model_not_found' },
  'error-file-not-found': { 'error.kind': 'not_found', 'request.file_id': 'file-missing' },
  'error-conflict': { 'error.kind': 'conflict' },
  'error-unprocessable': { 'error.kind': 'invalid_request' },
  'error-server': { 'error.kind': 'server' },
  'error-overloaded': { 'error.kind': 'server', 'request.retry_after_ms': 2000 },
  'error-bad-gateway': { 'error.kind': 'server', 'response.unparsed': 'response' },
}

/** OpenAI's error classes by status. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'PermissionDeniedError'],
  [404, 'NotFoundError'],
  [409, 'ConflictError'],
  [422, 'UnprocessableEntityError'],
  [429, 'RateLimitError'],
  [500, 'InternalServerError'],
  [502, 'InternalServerError'],
  [503, 'InternalServerError'],
])

/** Keys that the API makes and tells once. */
const SECRETS = words(
  'sk-test-admin sk-test-svc ek_test_client_secret ek_test_session_secret ek_test_transcription_secret ' +
    'ek_test_translation_secret chatkit-test-secret env-test-secret vault-test-token vault-test-secret ' +
    'signing-test-secret hook-test-path user-hash-test',
)
const REDACTED = words('sk-admin...xyz sk-abc...def')
/** People, by name and address. */
const PEOPLE = ['First Last', 'Jo Doe', 'user@example.com', 'anotheruser@example.com', 'finance@example.com']
/** The beginnings of a picture, a sound, an archive, a certificate and a reasoning that is nobody's to read. */
const BYTES = words('iVBORw0KGgo UklGRiQ UEsDBAo MIIB gAAAAABtest')
const KEY = '<not-a-real-key>'

const hosts = createHosts(readConfig({}))

function matched(tape: Tape): Match | undefined {
  const { origin, pathname, search } = new URL(tape.request.url)
  const place = hosts.find(origin, pathname + search)
  return place && match(tape.request.method, place.operationPath, place.query)
}

const tapes = loadTapes()
const written = tapes.filter(({ name }) => name.startsWith('doc-'))

const table = suite('the route table')

table('every operation has a tape', () => {
  const taped = new Set(tapes.map(tape => matched(tape)?.route))
  const missing = ROUTES.filter(route => !taped.has(route) && !(route.id in UNTAPED))
  assert.equal(
    missing.map(({ id, method, path, query = '' }) => `${id}: ${method} ${path} ${query}`.trim()),
    [],
  )
})

table('no operation is excused that has a tape, or that is not there', () => {
  for (const id of Object.keys(UNTAPED)) {
    const route = ROUTES.find(each => each.id === id)
    assert.is(route?.streams, 'websocket', id)
    assert.not.ok(
      tapes.some(tape => matched(tape)?.route === route),
      id,
    )
  }
})

table('every family has a reader that somebody decided on', () => {
  const decisions = [...OWN, ...RESOURCES, ...Object.keys(GENERICS)]
  assert.equal(decisions.sort(), [...new Set(ROUTES.map(({ family }) => family))].sort())
})

table('the readers are as decided', () => {
  const decided = (family: string): string =>
    OWN.includes(family) ? 'own' : RESOURCES.includes(family) ? 'resource' : 'generic'
  for (const { family, id } of ROUTES) {
    const reader = readerFor(family, id)
    const kind = reader === GENERIC ? 'generic' : reader === resourceReader(family) ? 'resource' : 'own'
    assert.is(kind, decided(family), `${family}: ${id}`)
  }
})

table('what was written from the documentation says so, and names an operation', () => {
  for (const tape of written) {
    assert.match(tape.source, /^written from (?:the API's documented shapes|the types of the SDK)/, tape.name)
    assert.ok(matched(tape), tape.name)
  }
})

table.run()

const spans = suite<{ world: World; byId: Map<string | undefined, Span> }>('spans of the documented shapes')

/** All tapes are replayed at once: a span is known by its request id. */
spans.before(async context => {
  context.world = await startWorld({ spanCharLimit: 2000, logsEnabled: true, logSampleRate: 1 })
  for (const tape of written) await replay(context.world, tape)
  const arrived = await context.world.spans()
  context.byId = new Map(arrived.map(span => [span.meta['openai.request.id'], span]))
  assert.is(arrived.length, written.length)
})
spans.after(({ world }) => world.stop())

async function replay(world: World, tape: Tape): Promise<void> {
  const { pathname, search } = new URL(tape.request.url)
  const body = requestBytes(tape)
  const response = await fetch(`${world.openai.origin}${pathname}${search}`, {
    method: tape.request.method,
    headers: { ...tape.request.headers, authorization: `Bearer ${KEY}`, 'x-tape': tape.name },
    ...(body.length > 0 ? { body } : {}),
  })
  await response.arrayBuffer()
}

function spanOf(byId: Map<string | undefined, Span>, tape: Tape): Span {
  const span = byId.get(tape.response.headers['x-request-id'])
  if (span === undefined) throw new Error(`no span of ${tape.name}`)
  return span
}

for (const tape of written) {
  spans(tape.name, ({ byId }) => {
    const span = spanOf(byId, tape)
    const { status } = tape.response
    const found = matched(tape)
    assert.is(span.resource, found?.route.id)
    assert.is(span.meta['openai.request.endpoint'], found?.endpoint)
    assert.is(span.meta['openai.request.method'], tape.request.method)
    assert.is(Number(span.metrics['http.status_code'] ?? span.meta['http.status_code']), status)
    if (status >= 400) {
      assert.is(span.error, 1)
      assert.is(span.meta['error.type'], CLASSES.get(status))
    }
    const wrong = Object.entries(FACTS[tape.name.replace('doc-', '')] ?? {}).filter(
      ([tag, value]) => (typeof value === 'number' ? span.metrics : span.meta)[`openai.${tag}`] !== value,
    )
    assert.equal(wrong, [])
  })
}

spans('facts are asserted of every family, and only of tapes that are there', () => {
  const names = new Map(written.map(tape => [tape.name.replace('doc-', ''), matched(tape)?.route]))
  const routes = Object.keys(FACTS).map(name => names.get(name))
  assert.not.ok(routes.includes(undefined))
  const families = new Set(routes.map(route => route?.family))
  assert.equal(
    [...new Set([...names.values()].map(route => route?.family))].filter(family => !families.has(family)),
    [],
  )
  const operations = new Set(routes.map(route => route?.id)).size
  assert.ok(operations >= 60, `${operations} operations`)
})

spans('only failures are errors: of the call, or of the answer that it waited for', ({ byId }) => {
  const failed = written.filter(tape => tape.response.status < 400 && spanOf(byId, tape).error === 1)
  assert.equal(
    failed.map(({ name }) => name),
    words(
      'doc-create-response-stream-error doc-create-response-stream-failed doc-get-response-failed doc-get-run-failed ' +
        'doc-stream-agent-session-events-failed',
    ),
  )
})

spans('no key that the API made, nor anybody’s name, leaves the process', ({ world, byId }) => {
  const { datadog } = world
  const everything = JSON.stringify([
    [...byId.values()].map(({ meta, metrics }) => ({ meta, metrics })),
    datadog.dogstatsd.datagrams,
    datadog.intake.entries(),
  ])
  assert.ok(datadog.intake.entries().length > 300 && datadog.dogstatsd.datagrams.length > 0)
  const inTapes = written.map(tapeText).join('')
  for (const text of [...SECRETS, ...REDACTED, ...PEOPLE]) {
    assert.ok(inTapes.includes(text), `${text} is in no tape`)
    assert.not.ok(everything.includes(text), `${text} has left`)
  }
  assert.not.ok(everything.includes(KEY))
})

spans('no bytes of a file, and nothing encrypted, are on a span', ({ byId }) => {
  const tags = JSON.stringify([...byId.values()].map(({ meta }) => meta))
  const inTapes = written.map(tapeText).join('')
  for (const beginning of BYTES) {
    assert.ok(inTapes.includes(beginning), `${beginning} is in no tape`)
    assert.not.ok(tags.includes(beginning), beginning)
  }
})

spans.run()
