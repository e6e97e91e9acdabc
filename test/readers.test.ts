import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import type { Asked, FormFile, Payload } from '../lib/openai/readers/reader'
import { usageOf } from '../lib/openai/usage'

const readers = suite('readers')

const NOTHING: Payload = { kind: 'none' }
const json = (value: Json): Payload => ({ kind: 'json', value })
const form = (fields: Record<string, string>, ...files: FormFile[]): Payload => ({
  kind: 'form',
  fields: new Map(Object.entries(fields)),
  files,
})
const asking = (payload: Payload, params: Record<string, string> = {}, query = ''): Asked => ({
  payload,
  params: new Map(Object.entries(params)),
  query: new URLSearchParams(query),
})

/** Everything that a reader says of a request or an answer, as one object. */
const asked = (family: string, payload: Payload, params?: Record<string, string>, query?: string): unknown => {
  const { fields, content } = readerFor(family).request(asking(payload, params, query))
  return { ...Object.fromEntries(fields), ...Object.fromEntries(content) }
}
const answered = (family: string, payload: Payload): unknown => {
  const { fields, content } = readerFor(family).response(payload)
  return { ...Object.fromEntries(fields), ...Object.fromEntries(content) }
}
const logged = (family: string, ask: Payload, answer: Payload = NOTHING): unknown =>
  readerFor(family).sample?.(asking(ask), answer)

readers('a request parameter is a string: true, 0.5, lists as JSON, objects one level deep', () => {
  const body = {
    model: 'gpt-4o',
    temperature: 0.5,
    stream: true,
    stop: ['a', 'b'],
    logit_bias: { '50256': -100 },
    response_format: { type: 'json_object' },
    user: null,
    seed: '',
    max_tokens: [],
  }
  assert.equal(asked('chat.completions', json(body)), {
    model: 'gpt-4o',
    temperature: '0.5',
    stream: 'true',
    stop: '["a", "b"]',
    'logit_bias.50256': '-100',
    'response_format.type': 'json_object',
  })
})

readers('messages of a chat: role, name, and content with what is no text by its kind', () => {
  const body = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
      { role: 'assistant', content: null },
    ],
    tools: [{ type: 'function' }, { type: 'custom' }],
  }
  assert.equal(asked('chat.completions', json(body)), {
    tools_count: 2,
    'messages.0.role': 'system',
    'messages.0.content': 'Be brief.',
    'messages.1.role': 'user',
    'messages.1.name': 'ann',
    'messages.1.content': 'What is this?\n[image]\n[audio]\n[file]',
    'messages.2.role': 'assistant',
    'tools.0.type': 'function',
    'tools.1.type': 'custom',
  })
})

readers('choices of a chat: reasons, content, refusals, tool calls old and new', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }
  const body = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4o-2024-08-06',
    system_fingerprint: 'fp_1',
    service_tier: 'default',
    choices: [
      { index: 1, message: { role: 'assistant', content: null, refusal: 'I cannot.' }, finish_reason: 'stop' },
      { index: 0, message: { role: 'assistant', content: 'Hi\n', tool_calls: [call] }, finish_reason: 'tool_calls' },
      { index: 2, message: { role: 'assistant', function_call: { name: 'old', arguments: '{}' } } },
    ],
  }
  assert.equal(answered('chat.completions', json(body)), {
    id: 'chatcmpl-1',
    model: 'gpt-4o-2024-08-06',
    created: 1_700_000_000,
    system_fingerprint: 'fp_1',
    service_tier: 'default',
    choices_count: 3,
    'choices.1.finish_reason': 'stop',
    'choices.1.message.role': 'assistant',
    'choices.1.message.refusal': 'I cannot.',
    'choices.0.finish_reason': 'tool_calls',
    'choices.0.message.role': 'assistant',
    'choices.0.message.content': 'Hi\n',
    'choices.0.message.tool_calls.0.id': 'call_1',
    'choices.0.message.tool_calls.0.type': 'function',
    'choices.0.message.tool_calls.0.name': 'weather',
    'choices.0.message.tool_calls.0.arguments': '{"city":"Paris"}',
    'choices.2.message.role': 'assistant',
    'choices.2.message.tool_calls.0.name': 'old',
    'choices.2.message.tool_calls.0.arguments': '{}',
  })
})

readers('an answer that is not whole says why, the gravest reason first', () => {
  const why = (...choices: Json[]): unknown => readerFor('chat.completions').incomplete?.({ choices })
  assert.is(why({ finish_reason: 'stop' }), undefined)
  assert.is(why({ finish_reason: 'length' }), 'length')
  assert.is(why({ finish_reason: 'length' }, { message: { refusal: 'no' } }), 'refusal')
  assert.is(why({ message: { refusal: 'no' } }, { finish_reason: 'content_filter' }), 'content_filter')
  const response = (answer: Json): unknown => readerFor('responses').incomplete?.(answer)
  const incomplete = (reason: string): Json => ({ status: 'incomplete', incomplete_details: { reason } })
  assert.is(response(incomplete('max_output_tokens')), 'length')
  assert.is(response(incomplete('content_filter')), 'content_filter')
  assert.is(response({ status: 'cancelled' }), 'cancelled')
  assert.is(response({ status: 'completed', output: [{ content: [{ type: 'refusal', refusal: 'no' }] }] }), 'refusal')
  assert.is(response({ status: 'completed', output: [] }), undefined)
})

readers("Azure's content filter says what it found in prompts and choices", () => {
  const results = { hate: { filtered: false, severity: 'safe' }, jailbreak: { filtered: true, detected: true } }
  const body = {
    choices: [{ index: 0, message: {}, content_filter_results: results }],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: { violence: { severity: 'low' } } }],
  }
  assert.equal(answered('chat.completions', json(body)), {
    choices_count: 1,
    'choices.0.content_filter_results.hate': 'safe',
    'choices.0.content_filter_results.jailbreak': 'filtered',
    'prompt_filter_results.0.violence': 'low',
  })
})

readers('prompts are numbered: a single text or token list is number 0', () => {
  assert.equal(asked('completions', json({ prompt: 'Hello' })), { 'prompt.0': 'Hello' })
  assert.equal(asked('completions', json({ prompt: ['a', 'b'] })), { 'prompt.0': 'a', 'prompt.1': 'b' })
  assert.equal(asked('embeddings', json({ input: [1111, 2222] })), { 'input.0': '[1111, 2222]' })
  assert.equal(asked('embeddings', json({ input: [[1], [2, 3]] })), { 'input.0': '[1]', 'input.1': '[2, 3]' })
})

readers('a completion: texts, and log probabilities only if there are any', () => {
  const choices = [
    { text: 'a', index: 0, logprobs: null, finish_reason: 'length' },
    { text: 'b', index: 1, logprobs: { tokens: ['b'] }, finish_reason: 'stop' },
  ]
  assert.equal(answered('completions', json({ choices })), {
    choices_count: 2,
    'choices.0.finish_reason': 'length',
    'choices.0.text': 'a',
    'choices.1.finish_reason': 'stop',
    'choices.1.logprobs': 'returned',
    'choices.1.text': 'b',
  })
})

readers('the length of a vector is that of its numbers, also where they come as base64', () => {
  const base64 = Buffer.from(new Float32Array(1536).buffer).toString('base64')
  const answer = (embedding: Json): Payload => json({ object: 'list', data: [{ embedding }, { embedding }] })
  const expected = { embeddings_count: 2, 'embedding-length': 1536 }
  assert.equal(answered('embeddings', answer(base64)), expected)
  assert.equal(answered('embeddings', answer(Array(1536).fill(0.1))), expected)
})

readers('images: file names without their folders, bytes never', () => {
  const file = (field: string, filename: string): FormFile => ({ field, filename, size: 9 })
  const body = form({ prompt: 'A cat', n: '1' }, file('image', '/home/ann/cat.png'), file('mask', 'C:\\x\\m.png'))
  assert.equal(asked('images', body), { n: '1', image: 'cat.png', mask: 'm.png', prompt: 'A cat' })
  const answer = json({ created: 5, data: [{ url: 'https://x/1' }, { b64_json: 'AAAA', revised_prompt: 'A cat!' }] })
  assert.equal(answered('images', answer), {
    created: 5,
    images_count: 2,
    'images.0.url': 'https://x/1',
    'images.1.b64_json': 'returned',
    'images.1.revised_prompt': 'A cat!',
  })
  assert.equal(logged('images', body, answer), {
    prompt: 'A cat',
    image: 'cat.png',
    mask: 'm.png',
    choices: [{ url: 'https://x/1' }, { b64_json: 'returned', revised_prompt: 'A cat!' }],
  })
})

readers('a transcript is read from JSON, verbose JSON and plain text or subtitles', () => {
  const body = form({ model: 'whisper-1', language: 'en' }, { field: 'file', filename: '/a/b.mp3', size: 9 })
  assert.equal(asked('audio.transcriptions', body), { model: 'whisper-1', language: 'en', filename: 'b.mp3' })
  const verbose = { text: 'Hi.', language: 'english', duration: '2.5', segments: [{ id: 0 }, { id: 1 }] }
  assert.equal(answered('audio.transcriptions', json(verbose)), {
    language: 'english',
    duration: 2.5,
    segments_count: 2,
    text: 'Hi.',
  })
  const srt: Payload = { kind: 'text', text: '1\n00:00:00,000 --> 00:00:01,000\nHi.\n' }
  assert.equal(answered('audio.translations', srt), { text: srt.text })
  assert.equal(logged('audio.transcriptions', body, json({ text: 'Hi.' })), {
    file: 'b.mp3',
    language: 'en',
    text: 'Hi.',
  })
})

readers('speech and downloads are told by their size', () => {
  assert.equal(answered('audio.speech', { kind: 'bytes', size: 12_345 }), { total_bytes: 12_345 })
  assert.equal(asked('files', NOTHING, { file_id: 'file-1' }), { file_id: 'file-1' })
  assert.equal(answered('files', { kind: 'bytes', size: 317 }), { total_bytes: 317 })
  assert.equal(answered('files', { kind: 'text', text: 'żółw' }), { total_bytes: 7 })
})

readers('a moderation is as bad as its worst result, categories as 0 and 1', () => {
  const result = (flagged: boolean, score: number): Json => ({
    flagged,
    categories: { 'hate/threatening': flagged, violence: false },
    category_scores: { 'hate/threatening': score },
  })
  const expected = {
    id: 'modr-1',
    model: 'omni',
    flagged: 1,
    'categories.hate/threatening': 1,
    'categories.violence': 0,
    'category_scores.hate/threatening': 0.9,
  }
  const body = { id: 'modr-1', model: 'omni', results: [result(false, 0.1), result(true, 0.9)] }
  assert.equal(answered('moderations', json(body)), expected)
  assert.equal(asked('moderations', json({ input: ['a', 'b'] })), { input: 'a\nb' })
})

readers('a model: its first permission, numbers and booleans as numbers', () => {
  const permission = [
    { id: 'p', object: 'model_permission', created: 1, allow_view: true, organization: '*', group: null },
  ]
  const model = {
    id: 'curie',
    object: 'model',
    created: 5,
    owned_by: 'openai',
    root: 'curie',
    parent: null,
    permission,
  }
  assert.equal(answered('models', json(model)), {
    id: 'curie',
    created: 5,
    owned_by: 'openai',
    root: 'curie',
    'permission.id': 'p',
    'permission.created': 1,
    'permission.allow_view': 1,
    'permission.organization': '*',
  })
  assert.equal(answered('models', json({ id: 'x', deleted: true })), { id: 'x', deleted: 'true' })
})

readers('a list is told by its count, and asked for by its query', () => {
  assert.equal(answered('models', json({ object: 'list', data: [{}, {}] })), { count: 2 })
  assert.equal(answered('files', json({ object: 'list', data: [], has_more: false })), { count: 0, has_more: 'false' })
  assert.equal(asked('files', NOTHING, {}, 'limit=2&purpose=batch&include[]=a&include[]=b'), {
    limit: '2',
    purpose: 'batch',
    include: '["a", "b"]',
  })
})

readers('a query parameter that we do not know is not shown: it may be a secret', () => {
  assert.equal(asked('files', NOTHING, {}, 'api-key=x&sig=y&emails=ann@example.com&limit=2'), { limit: '2' })
})

readers('a fine-tune: hyperparameters as they are, files and events counted', () => {
  const tune = {
    id: 'ft-1',
    model: 'curie',
    status: 'cancelled',
    fine_tuned_model: null,
    created_at: 1,
    updated_at: 2,
    hyperparams: { n_epochs: 4, batch_size: null, learning_rate_multiplier: 'auto' },
    result_files: [],
    training_files: [{}],
    validation_files: [],
    events: [{}, {}],
  }
  assert.equal(answered('fine-tunes', json(tune)), {
    id: 'ft-1',
    model: 'curie',
    status: 'cancelled',
    created_at: 1,
    updated_at: 2,
    result_files_count: 0,
    training_files_count: 1,
    validation_files_count: 0,
    events_count: 2,
    'hyperparams.n_epochs': 4,
    'hyperparams.learning_rate_multiplier': 'auto',
  })
  assert.equal(asked('fine-tunes', json({ training_file: 'f', n_epochs: 4, classification_betas: [1, 2] })), {
    training_file: 'f',
    n_epochs: '4',
    classification_betas_count: 2,
  })
})

readers('a response: what is asked, item by item', () => {
  const body = {
    model: 'gpt-5',
    instructions: 'Be brief.',
    reasoning: { effort: 'high' },
    background: true,
    tools: [{ type: 'web_search' }],
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Hi' },
          { type: 'input_image', image_url: 'https://x' },
        ],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '42' },
    ],
  }
  assert.equal(asked('responses', json(body)), {
    model: 'gpt-5',
    background: 'true',
    'reasoning.effort': 'high',
    tools_count: 1,
    instructions: 'Be brief.',
    'input.0.role': 'user',
    'input.0.content': 'Hi\n[image]',
    'input.1.type': 'function_call',
    'input.1.name': 'f',
    'input.1.call_id': 'c',
    'input.1.arguments': '{}',
    'input.2.type': 'function_call_output',
    'input.2.call_id': 'c',
    'input.2.output': '42',
    'tools.0.type': 'web_search',
  })
  assert.equal(asked('responses', json({ input: 'Hi' })), { input: 'Hi' })
  assert.equal(asked('responses', NOTHING, { response_id: 'resp_1' }), { response_id: 'resp_1' })
})

readers('a response: what is answered, by kind', () => {
  const body = {
    id: 'resp_1',
    created_at: 1,
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    model: 'gpt-5',
    output: [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Thinking' }] },
      { type: 'image_generation_call', status: 'completed', result: 'AAAA' },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'One' },
          { type: 'refusal', refusal: 'No' },
        ],
      },
    ],
  }
  assert.equal(answered('responses', json(body)), {
    id: 'resp_1',
    created_at: 1,
    model: 'gpt-5',
    status: 'incomplete',
    'incomplete_details.reason': 'max_output_tokens',
    output_count: 3,
    tool_calls_count: 1,
    'output.0.type': 'reasoning',
    'output.0.summary': 'Thinking',
    'output.1.type': 'image_generation_call',
    'output.1.status': 'completed',
    'output.1.result': 'returned',
    'output.2.type': 'message',
    'output.2.role': 'assistant',
    'output.2.content': 'One',
    'output.2.refusal': 'No',
  })
})

readers('a run that waits for the app names the calls it wants', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const action = { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: [call] } }
  const body = { id: 'run_1', thread_id: 't', status: 'requires_action', required_action: action }
  assert.equal(answered('threads.runs', json(body)), {
    id: 'run_1',
    status: 'requires_action',
    thread_id: 't',
    'required_action.type': 'submit_tool_outputs',
    'tool_calls.0.id': 'call_1',
    'tool_calls.0.name': 'f',
    'tool_calls.0.arguments': '{}',
  })
})

readers('a batch: how far it is; its usage is shown and not counted as this call’s', () => {
  const usage = { input_tokens: 5, output_tokens: 6, total_tokens: 11 }
  const body = { id: 'batch_1', status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 }, usage }
  assert.equal(answered('batches', json(body)), {
    id: 'batch_1',
    status: 'completed',
    'request_counts.total': 3,
    'request_counts.completed': 2,
    'request_counts.failed': 1,
    'usage.input_tokens': 5,
    'usage.output_tokens': 6,
    'usage.total_tokens': 11,
  })
  assert.is(readerFor('batches').usage?.(body), undefined)
})

readers('a job that failed is no failure of the call that looked at it', () => {
  const job = { id: 'ftjob-1', status: 'failed', error: { code: 'invalid', message: 'bad file' } }
  assert.is(readerFor('fine_tuning.jobs').failure?.(job), undefined)
  assert.equal(answered('fine_tuning.jobs', json(job)), { id: 'ftjob-1', status: 'failed', 'error.code': 'invalid' })
})

readers('no key that the API makes is ever a fact', () => {
  const secret = 'ek_secret_value'
  const bodies = {
    'realtime.sessions': { id: 's', model: 'gpt-realtime', client_secret: { value: secret, expires_at: 1 } },
    'realtime.client_secrets': { value: secret, expires_at: 1, session: { id: 's', client_secret: { value: secret } } },
    'chatkit.sessions': { id: 'c', client_secret: secret },
    'organization.admin_api_keys': { id: 'k', name: 'ci', value: secret, redacted_value: `${secret}…` },
    unknown: { id: 'x', value: secret, key: secret, token: secret, client_secret: secret, api_key: { value: secret } },
  }
  for (const [family, body] of Object.entries(bodies)) {
    const all = JSON.stringify([
      answered(family, json(body)),
      asked(family, json(body)),
      logged(family, json(body), json(body)),
    ])
    assert.not.match(all, secret, family)
  }
})

readers('an operation that nobody has described still says who it is and how it stands', () => {
  const body = { id: 'x_1', object: 'thing', model: 'm', name: 'n', status: 'ok', created_at: 7, data: [1, 2, 3] }
  assert.equal(answered('nobody.knows', json(body)), {
    id: 'x_1',
    object: 'thing',
    model: 'm',
    name: 'n',
    status: 'ok',
    created_at: 7,
    count: 3,
  })
})

readers('the oldest paths are read by what they do', () => {
  assert.is(readerFor('engines', 'createCompletion'), readerFor('completions'))
  assert.is(readerFor('engines', 'createEmbedding'), readerFor('embeddings'))
})

readers('logs have everything in full but binary data', () => {
  const image = `data:image/png;base64,${'A'.repeat(5000)}`
  const messages = [
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: image } },
        { type: 'text', text: 'x'.repeat(500) },
      ],
    },
  ]
  const sound = { choices: [{ message: { audio: { data: 'QUJD'.repeat(1000), transcript: 'Hi' } } }] }
  assert.equal(logged('chat.completions', json({ messages }), json(sound)), {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: '[image]' } },
          { type: 'text', text: 'x'.repeat(500) },
        ],
      },
    ],
    completion: [{ message: { audio: { data: '[binary]', transcript: 'Hi' } } }],
  })
  assert.equal(logged('completions', json({ prompt: 'Hello world' })), { prompt: 'Hello world' })
  assert.equal(logged('edits', json({ instruction: 'fix', input: 'teh' }), json({ choices: [{ text: 'the' }] })), {
    instruction: 'fix',
    input: 'teh',
    choices: [{ text: 'the' }],
  })
  assert.equal(logged('embeddings', json({ input: ['a'] })), { input: ['a'] })
})

readers('usage of every family in one shape, absent never zero', () => {
  const details = {
    prompt_tokens_details: { cached_tokens: 1, audio_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 3 },
  }
  assert.equal(usageOf({ usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11, ...details } }), {
    input: 5,
    output: 6,
    total: 11,
    cachedInput: 1,
    audioInput: 2,
    reasoningOutput: 3,
  })
  assert.equal(usageOf({ usage: { input_tokens: 5, output_tokens: 6, input_token_details: { text_tokens: 4 } } }), {
    input: 5,
    output: 6,
    total: 11,
    textInput: 4,
  })
  assert.equal(usageOf({ usage: { type: 'duration', seconds: 2.5 } }), { seconds: 2.5 })
  assert.equal(usageOf({ usage: { prompt_tokens: 5, total_tokens: 5 } }), { input: 5, total: 5 })
  assert.equal(usageOf({ usage: { prompt_tokens: -1, completion_tokens: '6', total_tokens: 7 } }), { total: 7 })
  for (const usage of [null, {}, [], 'x', { prompt_tokens: 1.5 }]) assert.is(usageOf({ usage }), undefined)
  assert.is(usageOf({ object: 'response.input_tokens', input_tokens: 5 }), undefined)
})

readers.run()
