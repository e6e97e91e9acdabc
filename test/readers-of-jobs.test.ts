import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readerFor } from '../lib/openai/readers'
import { usageOf } from '../lib/openai/usage'
import { answered, asked, json, logged, NOTHING } from './reading'

const readers = suite('readers of responses, jobs and resources')

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
