import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Json } from '../lib/openai/json'
import { readerFor } from '../lib/openai/readers'
import type { FormFile, Payload } from '../lib/openai/readers/reader'
import { answered, asked, form, json, logged, NOTHING } from './reading'

const readers = suite('readers')

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

readers.run()
