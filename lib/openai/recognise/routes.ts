/**
 * Every operation of the API: a new endpoint is a new row.
 *
 * Operation ids, methods, paths and media are those of OpenAI's API description (openai/openai-openapi, version 2.3.0
 * of August 2026: 288 operations). The rows marked `legacy` are 22 that earlier versions of it had, and the two
 * WebSocket doors that only the SDK knows (openai-node 7.5, `src/realtime`, `src/resources/responses`).
 */

/** One operation. */
export interface Route {
  /** The operation id of OpenAI's API description. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Under the API's base, parameters in braces: `/files/{file_id}/content`. */
  readonly path: string
  /** What its bodies look like: names the reader. */
  readonly family: string
  /** Where the caller asks for a stream of events, if there is one to ask for. */
  readonly streams: 'never' | 'body' | 'query' | 'websocket'
  /** The field that asks: `stream` but for speech. */
  readonly streamField?: string
  /** Where the request names its model. */
  readonly model: 'none' | 'body' | 'path' | 'query'
  /** The field or parameter that names it; dots lead into objects. */
  readonly modelField?: string
  /**
   * The path's first parameter may take several segments: it is a model's name, and SDKs up to openai-node 4 and other
   * servers' users leave its slashes as they are (`/models/meta-llama/Llama-3`).
   */
  readonly wide?: true
  /** What the query must say to mean this operation and not its plain sibling. */
  readonly query?: 'beta=true'
  /** The answer is a file, whatever type it is served under: only its size is ours to read. */
  readonly file?: true
  /** Not in the current API description. */
  readonly legacy?: true
}

type Row = Omit<Route, 'family'>
type Particulars = Partial<Omit<Row, 'id' | 'method' | 'path'>>

function row(method: Route['method']): (path: string, id: string, particulars?: Particulars) => Row {
  return (path, id, { streams = 'never', model = 'none', ...rest } = {}) => ({
    id,
    method,
    path,
    streams,
    ...(streams === 'body' || streams === 'query' ? { streamField: 'stream' } : {}),
    model,
    ...(model === 'none' ? {} : { modelField: model === 'path' ? firstParameter(path) : 'model' }),
    ...rest,
  })
}

function firstParameter(path: string): string {
  return path.slice(path.indexOf('{') + 1, path.indexOf('}'))
}

const get = row('GET')
const post = row('POST')
const del = row('DELETE')

const FAMILIES: Readonly<Record<string, readonly Row[]>> = {
  'chat.completions': [
    get('/chat/completions', 'listChatCompletions'),
    post('/chat/completions', 'createChatCompletion', { model: 'body', streams: 'body' }),
    get('/chat/completions/{completion_id}', 'getChatCompletion'),
    post('/chat/completions/{completion_id}', 'updateChatCompletion'),
    del('/chat/completions/{completion_id}', 'deleteChatCompletion'),
    get('/chat/completions/{completion_id}/messages', 'getChatCompletionMessages'),
    post('/engines/{engine_id}/chat/completions', 'createChatCompletion', {
      model: 'path',
      wide: true,
      streams: 'body',
      legacy: true,
    }),
  ],
  completions: [
    post('/completions', 'createCompletion', { model: 'body', streams: 'body' }),
    post('/engines/{engine_id}/completions', 'createCompletion', {
      model: 'path',
      wide: true,
      streams: 'body',
      legacy: true,
    }),
  ],
  responses: [
    post('/responses', 'createResponse', { model: 'body', streams: 'body' }),
    get('/responses/{response_id}', 'getResponse', { streams: 'query' }),
    del('/responses/{response_id}', 'deleteResponse'),
    post('/responses/{response_id}/cancel', 'cancelResponse'),
    get('/responses/{response_id}/input_items', 'listInputItems'),
    post('/responses/input_tokens', 'Getinputtokencounts', { model: 'body' }),
    post('/responses/compact', 'Compactconversation', { model: 'body' }),
    post('/responses', 'beta_createResponse', { model: 'body', streams: 'body', query: 'beta=true' }),
    get('/responses/{response_id}', 'beta_getResponse', { streams: 'query', query: 'beta=true' }),
    del('/responses/{response_id}', 'beta_deleteResponse', { query: 'beta=true' }),
    post('/responses/{response_id}/cancel', 'beta_cancelResponse', { query: 'beta=true' }),
    post('/responses/compact', 'beta_Compactconversation', { model: 'body', query: 'beta=true' }),
    get('/responses/{response_id}/input_items', 'beta_listInputItems', { query: 'beta=true' }),
    post('/responses/input_tokens', 'beta_Getinputtokencounts', { model: 'body', query: 'beta=true' }),
    get('/responses', 'connectResponses', { streams: 'websocket', legacy: true }),
  ],
  embeddings: [
    post('/embeddings', 'createEmbedding', { model: 'body' }),
    post('/engines/{engine_id}/embeddings', 'createEmbedding', { model: 'path', wide: true, legacy: true }),
  ],
  moderations: [post('/moderations', 'createModeration', { model: 'body' })],
  images: [
    post('/images/edits', 'createImageEdit', { model: 'body', streams: 'body' }),
    post('/images/generations', 'createImage', { model: 'body', streams: 'body' }),
    post('/images/variations', 'createImageVariation', { model: 'body' }),
  ],
  'audio.speech': [
    post('/audio/speech', 'createSpeech', { model: 'body', streams: 'body', streamField: 'stream_format' }),
  ],
  'audio.transcriptions': [post('/audio/transcriptions', 'createTranscription', { model: 'body', streams: 'body' })],
  'audio.translations': [post('/audio/translations', 'createTranslation', { model: 'body' })],
  'audio.voices': [
    post('/audio/voice_consents', 'createVoiceConsent'),
    get('/audio/voice_consents', 'listVoiceConsents'),
    get('/audio/voice_consents/{consent_id}', 'getVoiceConsent'),
    post('/audio/voice_consents/{consent_id}', 'updateVoiceConsent'),
    del('/audio/voice_consents/{consent_id}', 'deleteVoiceConsent'),
    post('/audio/voices', 'createVoice'),
  ],
  realtime: [get('/realtime', 'connectRealtime', { model: 'query', streams: 'websocket', legacy: true })],
  'realtime.calls': [
    post('/realtime/calls', 'create-realtime-call', { model: 'body', modelField: 'session.model' }),
    post('/realtime/calls/{call_id}/accept', 'accept-realtime-call', { model: 'body' }),
    post('/realtime/calls/{call_id}/hangup', 'hangup-realtime-call'),
    post('/realtime/calls/{call_id}/refer', 'refer-realtime-call'),
    post('/realtime/calls/{call_id}/reject', 'reject-realtime-call'),
  ],
  'realtime.client_secrets': [
    post('/realtime/client_secrets', 'create-realtime-client-secret', { model: 'body', modelField: 'session.model' }),
  ],
  'realtime.sessions': [post('/realtime/sessions', 'create-realtime-session')],
  'realtime.transcription_sessions': [
    post('/realtime/transcription_sessions', 'create-realtime-transcription-session'),
  ],
  'realtime.translations.client_secrets': [
    post('/realtime/translations/client_secrets', 'create-realtime-translation-client-secret', {
      model: 'body',
      modelField: 'session.model',
    }),
  ],
  videos: [
    post('/videos', 'createVideo', { model: 'body' }),
    get('/videos', 'ListVideos'),
    post('/videos/edits', 'CreateVideoEdit'),
    post('/videos/extensions', 'CreateVideoExtend'),
    get('/videos/{video_id}', 'GetVideo'),
    del('/videos/{video_id}', 'DeleteVideo'),
    get('/videos/{video_id}/content', 'RetrieveVideoContent', { file: true }),
    post('/videos/{video_id}/remix', 'CreateVideoRemix'),
  ],
  'videos.characters': [
    post('/videos/characters', 'CreateVideoCharacter'),
    get('/videos/characters/{character_id}', 'GetVideoCharacter'),
  ],
  models: [
    get('/models', 'listModels'),
    get('/models/{model}', 'retrieveModel', { model: 'path', wide: true }),
    del('/models/{model}', 'deleteModel', { model: 'path', wide: true }),
  ],
  files: [
    get('/files', 'listFiles'),
    post('/files', 'createFile'),
    del('/files/{file_id}', 'deleteFile'),
    get('/files/{file_id}', 'retrieveFile'),
    get('/files/{file_id}/content', 'downloadFile', { file: true }),
  ],
  uploads: [
    post('/uploads', 'createUpload'),
    post('/uploads/{upload_id}/cancel', 'cancelUpload'),
    post('/uploads/{upload_id}/complete', 'completeUpload'),
    post('/uploads/{upload_id}/parts', 'addUploadPart'),
  ],
  batches: [
    post('/batches', 'createBatch'),
    get('/batches', 'listBatches'),
    get('/batches/{batch_id}', 'retrieveBatch'),
    post('/batches/{batch_id}/cancel', 'cancelBatch'),
  ],
  'fine_tuning.jobs': [
    post('/fine_tuning/jobs', 'createFineTuningJob', { model: 'body' }),
    get('/fine_tuning/jobs', 'listPaginatedFineTuningJobs'),
    get('/fine_tuning/jobs/{fine_tuning_job_id}', 'retrieveFineTuningJob'),
    post('/fine_tuning/jobs/{fine_tuning_job_id}/cancel', 'cancelFineTuningJob'),
    get('/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints', 'listFineTuningJobCheckpoints'),
    get('/fine_tuning/jobs/{fine_tuning_job_id}/events', 'listFineTuningEvents'),
    post('/fine_tuning/jobs/{fine_tuning_job_id}/pause', 'pauseFineTuningJob'),
    post('/fine_tuning/jobs/{fine_tuning_job_id}/resume', 'resumeFineTuningJob'),
  ],
  'fine_tuning.checkpoints': [
    get('/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions', 'listFineTuningCheckpointPermissions', {
      model: 'path',
      wide: true,
    }),
    post('/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions', 'createFineTuningCheckpointPermission', {
      model: 'path',
      wide: true,
    }),
    del(
      '/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions/{permission_id}',
      'deleteFineTuningCheckpointPermission',
      { model: 'path', wide: true },
    ),
    del('/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions', 'deleteFineTuningCheckpointPermission', {
      model: 'path',
      wide: true,
      legacy: true,
    }),
  ],
  'fine_tuning.graders': [
    post('/fine_tuning/alpha/graders/run', 'runGrader'),
    post('/fine_tuning/alpha/graders/validate', 'validateGrader'),
  ],
  assistants: [
    get('/assistants', 'listAssistants'),
    post('/assistants', 'createAssistant', { model: 'body' }),
    get('/assistants/{assistant_id}', 'getAssistant'),
    post('/assistants/{assistant_id}', 'modifyAssistant', { model: 'body' }),
    del('/assistants/{assistant_id}', 'deleteAssistant'),
  ],
  threads: [
    post('/threads', 'createThread'),
    get('/threads/{thread_id}', 'getThread'),
    post('/threads/{thread_id}', 'modifyThread'),
    del('/threads/{thread_id}', 'deleteThread'),
  ],
  'threads.messages': [
    get('/threads/{thread_id}/messages', 'listMessages'),
    post('/threads/{thread_id}/messages', 'createMessage'),
    get('/threads/{thread_id}/messages/{message_id}', 'getMessage'),
    post('/threads/{thread_id}/messages/{message_id}', 'modifyMessage'),
    del('/threads/{thread_id}/messages/{message_id}', 'deleteMessage'),
  ],
  'threads.runs': [
    post('/threads/runs', 'createThreadAndRun', { model: 'body', streams: 'body' }),
    get('/threads/{thread_id}/runs', 'listRuns'),
    post('/threads/{thread_id}/runs', 'createRun', { model: 'body', streams: 'body' }),
    get('/threads/{thread_id}/runs/{run_id}', 'getRun'),
    post('/threads/{thread_id}/runs/{run_id}', 'modifyRun'),
    post('/threads/{thread_id}/runs/{run_id}/cancel', 'cancelRun'),
    post('/threads/{thread_id}/runs/{run_id}/submit_tool_outputs', 'submitToolOuputsToRun', { streams: 'body' }),
  ],
  'threads.runs.steps': [
    get('/threads/{thread_id}/runs/{run_id}/steps', 'listRunSteps'),
    get('/threads/{thread_id}/runs/{run_id}/steps/{step_id}', 'getRunStep'),
  ],
  vector_stores: [
    get('/vector_stores', 'listVectorStores'),
    post('/vector_stores', 'createVectorStore'),
    get('/vector_stores/{vector_store_id}', 'getVectorStore'),
    post('/vector_stores/{vector_store_id}', 'modifyVectorStore'),
    del('/vector_stores/{vector_store_id}', 'deleteVectorStore'),
    post('/vector_stores/{vector_store_id}/search', 'searchVectorStore'),
  ],
  'vector_stores.files': [
    get('/vector_stores/{vector_store_id}/files', 'listVectorStoreFiles'),
    post('/vector_stores/{vector_store_id}/files', 'createVectorStoreFile'),
    get('/vector_stores/{vector_store_id}/files/{file_id}', 'getVectorStoreFile'),
    del('/vector_stores/{vector_store_id}/files/{file_id}', 'deleteVectorStoreFile'),
    post('/vector_stores/{vector_store_id}/files/{file_id}', 'updateVectorStoreFileAttributes'),
    get('/vector_stores/{vector_store_id}/files/{file_id}/content', 'retrieveVectorStoreFileContent'),
  ],
  'vector_stores.file_batches': [
    post('/vector_stores/{vector_store_id}/file_batches', 'createVectorStoreFileBatch'),
    get('/vector_stores/{vector_store_id}/file_batches/{batch_id}', 'getVectorStoreFileBatch'),
    post('/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel', 'cancelVectorStoreFileBatch'),
    get('/vector_stores/{vector_store_id}/file_batches/{batch_id}/files', 'listFilesInVectorStoreBatch'),
  ],
  conversations: [
    post('/conversations', 'createConversation'),
    get('/conversations/{conversation_id}', 'getConversation'),
    del('/conversations/{conversation_id}', 'deleteConversation'),
    post('/conversations/{conversation_id}', 'updateConversation'),
  ],
  'conversations.items': [
    post('/conversations/{conversation_id}/items', 'createConversationItems'),
    get('/conversations/{conversation_id}/items', 'listConversationItems'),
    get('/conversations/{conversation_id}/items/{item_id}', 'getConversationItem'),
    del('/conversations/{conversation_id}/items/{item_id}', 'deleteConversationItem'),
  ],
  'chatkit.sessions': [
    post('/chatkit/sessions/{session_id}/cancel', 'CancelChatSessionMethod'),
    post('/chatkit/sessions', 'CreateChatSessionMethod'),
  ],
  'chatkit.threads': [
    get('/chatkit/threads/{thread_id}/items', 'ListThreadItemsMethod'),
    get('/chatkit/threads/{thread_id}', 'GetThreadMethod'),
    del('/chatkit/threads/{thread_id}', 'DeleteThreadMethod'),
    get('/chatkit/threads', 'ListThreadsMethod'),
  ],
  containers: [
    get('/containers', 'ListContainers'),
    post('/containers', 'CreateContainer'),
    get('/containers/{container_id}', 'RetrieveContainer'),
    del('/containers/{container_id}', 'DeleteContainer'),
  ],
  'containers.files': [
    post('/containers/{container_id}/files', 'CreateContainerFile'),
    get('/containers/{container_id}/files', 'ListContainerFiles'),
    get('/containers/{container_id}/files/{file_id}', 'RetrieveContainerFile'),
    del('/containers/{container_id}/files/{file_id}', 'DeleteContainerFile'),
    get('/containers/{container_id}/files/{file_id}/content', 'RetrieveContainerFileContent', { file: true }),
  ],
  content_provenance_checks: [post('/content_provenance_checks', 'Createcontentprovenancecheck')],
  evals: [
    get('/evals', 'listEvals'),
    post('/evals', 'createEval'),
    get('/evals/{eval_id}', 'getEval'),
    post('/evals/{eval_id}', 'updateEval'),
    del('/evals/{eval_id}', 'deleteEval'),
  ],
  'evals.runs': [
    get('/evals/{eval_id}/runs', 'getEvalRuns'),
    post('/evals/{eval_id}/runs', 'createEvalRun'),
    get('/evals/{eval_id}/runs/{run_id}', 'getEvalRun'),
    post('/evals/{eval_id}/runs/{run_id}', 'cancelEvalRun'),
    del('/evals/{eval_id}/runs/{run_id}', 'deleteEvalRun'),
  ],
  'evals.runs.output_items': [
    get('/evals/{eval_id}/runs/{run_id}/output_items', 'getEvalRunOutputItems'),
    get('/evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}', 'getEvalRunOutputItem'),
  ],
  skills: [
    post('/skills', 'CreateSkill'),
    get('/skills', 'ListSkills'),
    del('/skills/{skill_id}', 'DeleteSkill'),
    get('/skills/{skill_id}', 'GetSkill'),
    post('/skills/{skill_id}', 'UpdateSkillDefaultVersion'),
    get('/skills/{skill_id}/content', 'GetSkillContent', { file: true }),
  ],
  'skills.versions': [
    post('/skills/{skill_id}/versions', 'CreateSkillVersion'),
    get('/skills/{skill_id}/versions', 'ListSkillVersions'),
    get('/skills/{skill_id}/versions/{version}', 'GetSkillVersion'),
    del('/skills/{skill_id}/versions/{version}', 'DeleteSkillVersion'),
    get('/skills/{skill_id}/versions/{version}/content', 'GetSkillVersionContent', { file: true }),
  ],
  'organization.admin_api_keys': [
    get('/organization/admin_api_keys', 'admin-api-keys-list'),
    post('/organization/admin_api_keys', 'admin-api-keys-create'),
    get('/organization/admin_api_keys/{key_id}', 'admin-api-keys-get'),
    del('/organization/admin_api_keys/{key_id}', 'admin-api-keys-delete'),
  ],
  'organization.audit_logs': [get('/organization/audit_logs', 'list-audit-logs')],
  'organization.certificates': [
    get('/organization/certificates', 'listOrganizationCertificates'),
    post('/organization/certificates', 'uploadCertificate'),
    post('/organization/certificates/activate', 'activateOrganizationCertificates'),
    post('/organization/certificates/deactivate', 'deactivateOrganizationCertificates'),
    get('/organization/certificates/{certificate_id}', 'getCertificate'),
    post('/organization/certificates/{certificate_id}', 'modifyCertificate'),
    del('/organization/certificates/{certificate_id}', 'deleteCertificate'),
  ],
  'organization.costs': [get('/organization/costs', 'usage-costs')],
  'organization.data_retention': [
    get('/organization/data_retention', 'retrieve-organization-data-retention'),
    post('/organization/data_retention', 'update-organization-data-retention'),
  ],
  'organization.groups': [
    get('/organization/groups', 'list-groups'),
    post('/organization/groups', 'create-group'),
    get('/organization/groups/{group_id}', 'retrieve-group'),
    post('/organization/groups/{group_id}', 'update-group'),
    del('/organization/groups/{group_id}', 'delete-group'),
    get('/organization/groups/{group_id}/roles', 'list-group-role-assignments'),
    post('/organization/groups/{group_id}/roles', 'assign-group-role'),
    get('/organization/groups/{group_id}/roles/{role_id}', 'retrieve-group-role'),
    del('/organization/groups/{group_id}/roles/{role_id}', 'unassign-group-role'),
    get('/organization/groups/{group_id}/users', 'list-group-users'),
    post('/organization/groups/{group_id}/users', 'add-group-user'),
    get('/organization/groups/{group_id}/users/{user_id}', 'retrieve-group-user'),
    del('/organization/groups/{group_id}/users/{user_id}', 'remove-group-user'),
  ],
  'organization.invites': [
    get('/organization/invites', 'list-invites'),
    post('/organization/invites', 'inviteUser'),
    get('/organization/invites/{invite_id}', 'retrieve-invite'),
    del('/organization/invites/{invite_id}', 'delete-invite'),
  ],
  'organization.projects': [
    get('/organization/projects', 'list-projects'),
    post('/organization/projects', 'create-project'),
    get('/organization/projects/{project_id}', 'retrieve-project'),
    post('/organization/projects/{project_id}', 'modify-project'),
  ],
  'organization.projects.api_keys': [
    get('/organization/projects/{project_id}/api_keys', 'list-project-api-keys'),
    get('/organization/projects/{project_id}/api_keys/{api_key_id}', 'retrieve-project-api-key'),
    del('/organization/projects/{project_id}/api_keys/{api_key_id}', 'delete-project-api-key'),
  ],
  'organization.projects.archive': [post('/organization/projects/{project_id}/archive', 'archive-project')],
  'organization.projects.certificates': [
    get('/organization/projects/{project_id}/certificates', 'listProjectCertificates'),
    post('/organization/projects/{project_id}/certificates/activate', 'activateProjectCertificates'),
    post('/organization/projects/{project_id}/certificates/deactivate', 'deactivateProjectCertificates'),
  ],
  'organization.projects.data_retention': [
    get('/organization/projects/{project_id}/data_retention', 'retrieve-project-data-retention'),
    post('/organization/projects/{project_id}/data_retention', 'update-project-data-retention'),
  ],
  'organization.projects.groups': [
    get('/organization/projects/{project_id}/groups', 'list-project-groups'),
    post('/organization/projects/{project_id}/groups', 'add-project-group'),
    get('/organization/projects/{project_id}/groups/{group_id}', 'retrieve-project-group'),
    del('/organization/projects/{project_id}/groups/{group_id}', 'remove-project-group'),
  ],
  'organization.projects.hosted_tool_permissions': [
    get('/organization/projects/{project_id}/hosted_tool_permissions', 'retrieve-project-hosted-tool-permissions'),
    post('/organization/projects/{project_id}/hosted_tool_permissions', 'update-project-hosted-tool-permissions'),
  ],
  'organization.projects.model_permissions': [
    get('/organization/projects/{project_id}/model_permissions', 'retrieve-project-model-permissions'),
    post('/organization/projects/{project_id}/model_permissions', 'update-project-model-permissions'),
    del('/organization/projects/{project_id}/model_permissions', 'delete-project-model-permissions'),
  ],
  'organization.projects.rate_limits': [
    get('/organization/projects/{project_id}/rate_limits', 'list-project-rate-limits'),
    post('/organization/projects/{project_id}/rate_limits/{rate_limit_id}', 'update-project-rate-limits'),
  ],
  'organization.projects.service_accounts': [
    get('/organization/projects/{project_id}/service_accounts', 'list-project-service-accounts'),
    post('/organization/projects/{project_id}/service_accounts', 'create-project-service-account'),
    get(
      '/organization/projects/{project_id}/service_accounts/{service_account_id}',
      'retrieve-project-service-account',
    ),
    post('/organization/projects/{project_id}/service_accounts/{service_account_id}', 'update-project-service-account'),
    del('/organization/projects/{project_id}/service_accounts/{service_account_id}', 'delete-project-service-account'),
    post(
      '/organization/projects/{project_id}/service_accounts/{service_account_id}/api_keys',
      'CreateanAPIkeyforaserviceaccount',
    ),
  ],
  'organization.projects.spend_alerts': [
    get('/organization/projects/{project_id}/spend_alerts', 'list-project-spend-alerts'),
    post('/organization/projects/{project_id}/spend_alerts', 'create-project-spend-alert'),
    get('/organization/projects/{project_id}/spend_alerts/{alert_id}', 'retrieve-project-spend-alert'),
    post('/organization/projects/{project_id}/spend_alerts/{alert_id}', 'update-project-spend-alert'),
    del('/organization/projects/{project_id}/spend_alerts/{alert_id}', 'delete-project-spend-alert'),
  ],
  'organization.projects.spend_limit': [
    get('/organization/projects/{project_id}/spend_limit', 'Getprojectspendlimit'),
    del('/organization/projects/{project_id}/spend_limit', 'Deleteprojectspendlimit'),
    post('/organization/projects/{project_id}/spend_limit', 'Updateprojectspendlimit'),
  ],
  'organization.projects.users': [
    get('/organization/projects/{project_id}/users', 'list-project-users'),
    post('/organization/projects/{project_id}/users', 'create-project-user'),
    get('/organization/projects/{project_id}/users/{user_id}', 'retrieve-project-user'),
    post('/organization/projects/{project_id}/users/{user_id}', 'modify-project-user'),
    del('/organization/projects/{project_id}/users/{user_id}', 'delete-project-user'),
  ],
  'organization.roles': [
    get('/organization/roles', 'list-roles'),
    post('/organization/roles', 'create-role'),
    get('/organization/roles/{role_id}', 'retrieve-role'),
    post('/organization/roles/{role_id}', 'update-role'),
    del('/organization/roles/{role_id}', 'delete-role'),
  ],
  'organization.spend_alerts': [
    get('/organization/spend_alerts', 'list-organization-spend-alerts'),
    post('/organization/spend_alerts', 'create-organization-spend-alert'),
    get('/organization/spend_alerts/{alert_id}', 'retrieve-organization-spend-alert'),
    post('/organization/spend_alerts/{alert_id}', 'update-organization-spend-alert'),
    del('/organization/spend_alerts/{alert_id}', 'delete-organization-spend-alert'),
  ],
  'organization.spend_limit': [
    get('/organization/spend_limit', 'Getorganizationspendlimit'),
    post('/organization/spend_limit', 'Updateorganizationspendlimit'),
    del('/organization/spend_limit', 'Deleteorganizationspendlimit'),
  ],
  'organization.usage': [
    get('/organization/usage/audio_speeches', 'usage-audio-speeches'),
    get('/organization/usage/audio_transcriptions', 'usage-audio-transcriptions'),
    get('/organization/usage/code_interpreter_sessions', 'usage-code-interpreter-sessions'),
    get('/organization/usage/completions', 'usage-completions'),
    get('/organization/usage/embeddings', 'usage-embeddings'),
    get('/organization/usage/file_search_calls', 'usage-file-search-calls'),
    get('/organization/usage/images', 'usage-images'),
    get('/organization/usage/moderations', 'usage-moderations'),
    get('/organization/usage/vector_stores', 'usage-vector-stores'),
    get('/organization/usage/web_search_calls', 'usage-web-search-calls'),
  ],
  'organization.users': [
    get('/organization/users', 'list-users'),
    get('/organization/users/{user_id}', 'retrieve-user'),
    post('/organization/users/{user_id}', 'modify-user'),
    del('/organization/users/{user_id}', 'delete-user'),
    get('/organization/users/{user_id}/roles', 'list-user-role-assignments'),
    post('/organization/users/{user_id}/roles', 'assign-user-role'),
    get('/organization/users/{user_id}/roles/{role_id}', 'retrieve-user-role'),
    del('/organization/users/{user_id}/roles/{role_id}', 'unassign-user-role'),
  ],
  'projects.groups.roles': [
    get('/projects/{project_id}/groups/{group_id}/roles', 'list-project-group-role-assignments'),
    post('/projects/{project_id}/groups/{group_id}/roles', 'assign-project-group-role'),
    get('/projects/{project_id}/groups/{group_id}/roles/{role_id}', 'retrieve-project-group-role'),
    del('/projects/{project_id}/groups/{group_id}/roles/{role_id}', 'unassign-project-group-role'),
  ],
  'projects.roles': [
    get('/projects/{project_id}/roles', 'list-project-roles'),
    post('/projects/{project_id}/roles', 'create-project-role'),
    get('/projects/{project_id}/roles/{role_id}', 'retrieve-project-role'),
    post('/projects/{project_id}/roles/{role_id}', 'update-project-role'),
    del('/projects/{project_id}/roles/{role_id}', 'delete-project-role'),
  ],
  'projects.users.roles': [
    get('/projects/{project_id}/users/{user_id}/roles', 'list-project-user-role-assignments'),
    post('/projects/{project_id}/users/{user_id}/roles', 'assign-project-user-role'),
    get('/projects/{project_id}/users/{user_id}/roles/{role_id}', 'retrieve-project-user-role'),
    del('/projects/{project_id}/users/{user_id}/roles/{role_id}', 'unassign-project-user-role'),
  ],
  edits: [
    post('/edits', 'createEdit', { model: 'body', legacy: true }),
    post('/engines/{engine_id}/edits', 'createEdit', { model: 'path', wide: true, legacy: true }),
  ],
  'fine-tunes': [
    post('/fine-tunes', 'createFineTune', { model: 'body', legacy: true }),
    get('/fine-tunes', 'listFineTunes', { legacy: true }),
    get('/fine-tunes/{fine_tune_id}', 'retrieveFineTune', { legacy: true }),
    post('/fine-tunes/{fine_tune_id}/cancel', 'cancelFineTune', { legacy: true }),
    get('/fine-tunes/{fine_tune_id}/events', 'listFineTuneEvents', { streams: 'query', legacy: true }),
  ],
  engines: [
    get('/engines', 'listEngines', { legacy: true }),
    get('/engines/{engine_id}', 'retrieveEngine', { model: 'path', legacy: true }),
    post('/engines/{engine_id}/search', 'createSearch', { model: 'path', wide: true, legacy: true }),
  ],
  answers: [post('/answers', 'createAnswer', { model: 'body', legacy: true })],
  classifications: [post('/classifications', 'createClassification', { model: 'body', legacy: true })],
  'assistants.files': [
    get('/assistants/{assistant_id}/files', 'listAssistantFiles', { legacy: true }),
    post('/assistants/{assistant_id}/files', 'createAssistantFile', { legacy: true }),
    get('/assistants/{assistant_id}/files/{file_id}', 'getAssistantFile', { legacy: true }),
    del('/assistants/{assistant_id}/files/{file_id}', 'deleteAssistantFile', { legacy: true }),
  ],
  'threads.messages.files': [
    get('/threads/{thread_id}/messages/{message_id}/files', 'listMessageFiles', { legacy: true }),
    get('/threads/{thread_id}/messages/{message_id}/files/{file_id}', 'getMessageFile', { legacy: true }),
  ],
}

/** The table, row by row. */
export const ROUTES: readonly Route[] = Object.entries(FAMILIES).flatMap(([family, rows]) =>
  rows.map(each => ({ ...each, family })),
)
