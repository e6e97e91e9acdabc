import { ADMINISTRATION } from './administration'
import { NEWEST_SHAPES } from './newest-shapes'
import { provenance } from './provenance'
import type { Reader } from './reader'
import { realtimeCalls } from './realtime-calls'
import { type Shape, shaped } from './shape'
import { vectorStores } from './vector-stores'

const words = (text: string): readonly string[] => text.split(' ')

/** A fine-tune, old and new, says how it went in the same words. */
const TRAINING: Shape['response'] = {
  strings: words(
    'fine_tuned_model status_details training_file validation_file seed user_provided_suffix error.code method.type',
  ),
  numbers: words('trained_tokens finished_at estimated_finish'),
  counts: words('result_files training_files validation_files events'),
  members: words('hyperparams hyperparameters'),
}

const FILE: Shape['response'] = {
  strings: words('purpose filename status_details'),
  numbers: words('bytes expires_at'),
}

const VECTOR_STORE: Shape['response'] = {
  strings: words('name vector_store_id last_error.code chunking_strategy.type'),
  numbers: words('usage_bytes bytes expires_at last_active_at'),
  members: words('file_counts'),
}

const STORES: Shape = {
  request: {
    params: words('name max_num_results rewrite_query ranking_options.ranker chunking_strategy.type expires_after'),
    counts: words('file_ids'),
    texts: words('query'),
  },
  response: { ...VECTOR_STORE, texts: words('search_query') },
}

const SESSION: Shape = {
  request: {
    params: words(
      'model voice modalities type expires_after.seconds input_audio_transcription.model ' +
        'input_audio_transcription.language session.type session.model session.audio.output.voice ' +
        'session.audio.output.language status_code',
    ),
    counts: words('tools session.tools'),
    texts: words('instructions session.instructions'),
  },
  // `client_secret` and `value` are keys: never here.
  response: {
    strings: words(
      'type voice input_audio_transcription.model input_audio_transcription.language session.id session.type ' +
        'session.model session.audio.output.voice session.audio.output.language',
    ),
    numbers: words('expires_at'),
  },
}

/** The shape of each family that names alone describe. What is not here is read by `GENERIC`. */
const SHAPES: Readonly<Record<string, Shape>> = {
  engines: {
    request: { params: words('max_rerank'), counts: words('documents'), texts: words('query') },
    response: { strings: words('owner ready') },
  },
  answers: {
    request: {
      params: words('model search_model max_tokens temperature n stop'),
      counts: words('documents examples'),
      texts: words('question'),
    },
    response: { strings: words('search_model'), counts: words('selected_documents'), texts: words('answers') },
  },
  classifications: {
    request: {
      params: words('model search_model temperature'),
      counts: words('examples labels'),
      texts: words('query'),
    },
    response: { strings: words('search_model'), counts: words('selected_examples'), texts: words('label') },
  },
  // A consent's name is its speaker's.
  'audio.voices': {
    request: { params: words('language consent'), files: { filename: ['recording', 'audio_sample'] } },
    response: { strings: words('object language') },
  },
  files: { request: { params: words('purpose'), files: { filename: ['file'] } }, response: FILE },
  uploads: {
    request: { params: words('purpose filename bytes mime_type'), counts: words('part_ids') },
    response: { ...FILE, strings: words('purpose filename status_details upload_id file.id') },
  },
  'fine-tunes': {
    request: {
      params: words(
        'training_file validation_file model n_epochs batch_size learning_rate_multiplier prompt_loss_weight ' +
          'compute_classification_metrics classification_n_classes classification_positive_class suffix',
      ),
      counts: words('classification_betas'),
    },
    response: TRAINING,
  },
  'fine_tuning.jobs': {
    request: {
      params: words('training_file validation_file model suffix seed method.type hyperparameters'),
      counts: words('integrations'),
    },
    response: TRAINING,
  },
  'fine_tuning.checkpoints': {
    request: { counts: words('project_ids') },
    response: { strings: words('project_id') },
  },
  'fine_tuning.graders': {
    request: { params: words('grader.type grader.name grader.model'), texts: words('model_sample') },
    response: {
      strings: words('grader.type grader.name metadata.type metadata.name metadata.sampled_model_name'),
      numbers: words('reward metadata.execution_time metadata.token_usage'),
      members: words('metadata.errors'),
    },
  },
  batches: {
    request: { params: words('input_file_id endpoint completion_window') },
    response: {
      strings: words('endpoint completion_window input_file_id output_file_id error_file_id'),
      numbers: words(
        'in_progress_at finalizing_at completed_at failed_at expired_at cancelled_at expires_at usage.input_tokens ' +
          'usage.output_tokens usage.total_tokens',
      ),
      counts: words('errors.data'),
      members: words('request_counts'),
    },
  },
  'vector_stores.files': {
    request: { params: words('file_id chunking_strategy.type') },
    response: VECTOR_STORE,
  },
  'vector_stores.file_batches': {
    request: { params: words('chunking_strategy.type'), counts: words('file_ids files') },
    response: VECTOR_STORE,
  },
  containers: {
    request: { params: words('name expires_after.minutes memory_limit'), counts: words('file_ids') },
    response: {
      strings: words('name expires_after.anchor memory_limit'),
      numbers: words('expires_after.minutes last_active_at'),
    },
  },
  'containers.files': {
    request: { params: words('file_id'), files: { filename: ['file'] } },
    response: { strings: words('path source container_id'), numbers: words('bytes') },
  },
  evals: {
    request: { params: words('name data_source_config.type'), counts: words('testing_criteria') },
    response: { strings: words('name data_source_config.type'), counts: words('testing_criteria') },
  },
  'evals.runs': {
    request: { params: words('name data_source.type data_source.model') },
    response: {
      strings: words('name eval_id data_source.type error.code'),
      counts: words('per_model_usage per_testing_criteria_results'),
      members: words('result_counts'),
    },
  },
  'evals.runs.output_items': {
    response: {
      strings: words('eval_id run_id sample.model sample.finish_reason'),
      numbers: words(
        'datasource_item_id sample.usage.prompt_tokens sample.usage.completion_tokens sample.usage.total_tokens',
      ),
      counts: words('results'),
    },
  },
  videos: {
    request: {
      params: words('model name seconds size video.id'),
      texts: words('prompt'),
      files: { input_reference: ['input_reference'], video: ['video'] },
    },
    response: {
      strings: words('name seconds size quality remixed_from_video_id error.code'),
      numbers: words('progress completed_at expires_at'),
    },
  },
  'realtime.sessions': SESSION,
  'realtime.client_secrets': SESSION,
  'realtime.transcription_sessions': SESSION,
  'realtime.translations.client_secrets': SESSION,
  'chatkit.sessions': {
    request: { params: words('workflow.id workflow.version expires_after.seconds') },
    response: {
      strings: words('workflow.id workflow.version'),
      numbers: words('expires_at max_requests_per_1_minute'),
    },
  },
  'chatkit.threads': { response: { strings: words('status.type'), texts: words('title status.reason') } },
  skills: {
    request: { params: words('default_version'), files: { files: ['files', 'files[]'] } },
    response: { strings: words('name default_version latest_version version') },
  },
}

/** Families whose members share the shape of one in the table. */
const SAME_AS: Readonly<Record<string, string>> = {
  'assistants.files': 'vector_stores.files',
  'threads.messages.files': 'vector_stores.files',
  'skills.versions': 'skills',
  'videos.characters': 'videos',
}

/** An operation that nobody has described to us: what nearly every object of the API says of itself. */
export const GENERIC: Reader = shaped({
  request: { params: words('model name role') },
  response: { strings: words('object name role'), numbers: words('expires_at') },
  billed: true,
})

const READERS: ReadonlyMap<string, Reader> = new Map([
  ...Object.entries({ ...SHAPES, ...NEWEST_SHAPES, ...ADMINISTRATION }).map(([family, shape]): [string, Reader] => [
    family,
    shaped(shape),
  ]),
  ['realtime.calls', realtimeCalls(SESSION)],
  ['vector_stores', vectorStores(STORES)],
  ['content_provenance_checks', provenance],
])

export function resourceReader(family: string): Reader | undefined {
  return READERS.get(family) ?? READERS.get(SAME_AS[family] ?? '')
}
