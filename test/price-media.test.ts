import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../lib/openai/call'
import type { Json } from '../lib/openai/json'
import { priced, type Told } from './priced'

const media = suite('pictures, speech, video')

const V1 = 'https://api.openai.com/v1'
const near = ({ cost, costDetails }: Call, expected: number | undefined): void => {
  if (expected === undefined) assert.is(cost, undefined)
  else assert.ok(Math.abs((cost ?? Number.NaN) - expected) < 1e-9, `${cost}, not ${expected} ${costDetails?.missing}`)
}

const draw = (body: Record<string, Json>, pictures = 1, more: Record<string, Json> = {}): Promise<Call> => {
  const data = Array.from({ length: pictures }, () => ({ b64_json: 'AAAA' }))
  return priced({ url: `${V1}/images/generations`, body, answer: { created: 1, data, ...more } })
}

media('dall-e by number, size and quality', async () => {
  near(await draw({ model: 'dall-e-3' }), 0.04)
  near(await draw({ model: 'dall-e-3', size: '1792x1024' }), 0.08)
  near(await draw({ model: 'dall-e-3', quality: 'standard', size: '1024x1024' }), 0.04)
  near(await draw({ model: 'dall-e-3', quality: 'hd', size: '1024x1792' }), 0.12)
  near(await draw({ model: 'dall-e-2', n: 3, size: '512x512' }, 3), 0.054)
  near(await draw({ model: 'dall-e-2', size: '4096x4096' }), undefined)
})

media('image models by tokens, whose output is pictures unless it is told apart', async () => {
  const usage = { total_tokens: 281, input_tokens: 9, output_tokens: 272 }
  near(await draw({ model: 'gpt-image-1' }, 1, { usage }), 9 * 5e-6 + 272 * 40e-6)
  near(await draw({ model: 'gpt-image-1.5' }, 1, { usage }), 9 * 5e-6 + 272 * 32e-6)
  const apart = { ...usage, output_tokens_details: { image_tokens: 200, text_tokens: 72 } }
  near(await draw({ model: 'gpt-image-1.5' }, 1, { usage: apart }), 9 * 5e-6 + 200 * 32e-6 + 72 * 10e-6)
  const edited = {
    ...usage,
    input_tokens: 109,
    total_tokens: 381,
    input_tokens_details: { text_tokens: 9, image_tokens: 100 },
  }
  near(await draw({ model: 'gpt-image-1' }, 1, { usage: edited }), 9 * 5e-6 + 100 * 10e-6 + 272 * 40e-6)
})

media('an image model whose tokens are not told has no cost, which is said', async () => {
  const { cost, costDetails } = await draw({ model: 'gpt-image-1', size: '1024x1024' })
  assert.is(cost, undefined)
  assert.equal(costDetails?.missing, ['usage'])
})

media('speech by the character, whatever it takes to write it', async () => {
  const speak = (model: string, input: string): Promise<Call> =>
    priced({ url: `${V1}/audio/speech`, body: { model, input, voice: 'alloy' }, answer: 'ID3', headers: AUDIO })
  near(await speak('tts-1', 'Elbe'), 4 * 15e-6)
  near(await speak('tts-1-hd', 'Größe 🐟'), 7 * 30e-6)
  near(await speak('tts-1-1106', 'Elbe'), 4 * 15e-6)
  near(await speak('gpt-4o-mini-tts', 'Elbe'), undefined)
})

const AUDIO = { 'content-type': 'audio/mpeg' }

media('transcriptions by the second, wherever it is told', async () => {
  const hear = (answer: Json, url = `${V1}/audio/transcriptions`, model = 'whisper-1'): Promise<Call> =>
    priced({ url, body: { model }, answer })
  near(await hear({ text: 'hi', duration: 30.5 }), 30.5 * 0.0001)
  near(await hear({ text: 'hi', duration: '30.5' }), 30.5 * 0.0001)
  near(await hear({ text: 'hi', usage: { type: 'duration', seconds: 31 } }), 31 * 0.0001)
  near(await hear({ text: 'hi', duration: 30.5 }, `${V1}/audio/translations`), 30.5 * 0.0001)
  near(await hear({ text: 'hi' }), undefined)
  const tokens = { type: 'tokens', input_tokens: 100, input_token_details: { audio_tokens: 90, text_tokens: 10 } }
  const usage = { ...tokens, output_tokens: 20, total_tokens: 120 }
  near(await hear({ text: 'hi', usage }, undefined, 'gpt-4o-transcribe'), 90 * 6e-6 + 10 * 2.5e-6 + 20 * 10e-6)
})

media('Groq’s transcriptions are ten seconds at least', async () => {
  const url = 'https://api.groq.com/openai/v1/audio/transcriptions'
  const hear = (duration: number) =>
    priced({ url, body: { model: 'whisper-large-v3-turbo' }, answer: { text: 'hi', duration } })
  near(await hear(2), (10 * 0.04) / 3600)
  near(await hear(36), 0.0004)
})

media('video by the second and size', async () => {
  const film = (model: string, more: Record<string, Json> = {}): Promise<Call> =>
    priced({
      url: `${V1}/videos`,
      body: { model, prompt: 'a dot', ...more },
      answer: { id: 'video_1', object: 'video', status: 'queued', model, seconds: '8', ...more },
    })
  near(await film('sora-2'), 0.8)
  near(await film('sora-2', { seconds: '4', size: '1280x720' }), 0.4)
  near(await film('sora-2-pro', { size: '1280x720' }), 2.4)
  near(await film('sora-2-pro', { size: '1792x1024' }), 4)
  near(await film('sora-2-pro', { size: '9999x1' }), undefined)
})

media('cached speech and pictures of a session at their own prices', async () => {
  const usage = {
    input_tokens: 1000,
    input_token_details: {
      text_tokens: 400,
      audio_tokens: 600,
      cached_tokens: 500,
      cached_tokens_details: { text_tokens: 100, audio_tokens: 400 },
    },
    output_tokens: 0,
    total_tokens: 1000,
  }
  const answer = {
    id: 'r',
    object: 'response',
    model: 'gpt-4o-mini-realtime-preview',
    status: 'completed',
    output: [],
    usage,
  }
  const call = await priced({ url: `${V1}/responses`, body: { model: 'gpt-4o-mini-realtime-preview' }, answer })
  near(call, 300 * 0.6e-6 + 200 * 10e-6 + 100 * 0.3e-6 + 400 * 0.3e-6)
})

media('prices of your own may be for a call, a picture, a character, a second', async () => {
  const models = {
    painter: { image: 0.05 },
    'fine-painter': { image: { '1024x1024': 0.1, 'high 1024x1024': 0.2 } },
    speaker: { character: 0.00001, request: 0.001 },
    'dall-e-3': { image: 0.01 },
    listener: { second: 0.0002 },
    'gpt-5': { input: 1, output: 1, webSearch: 0.5 },
  }
  await withPrices({ models }, async prices => {
    const url = `${V1}/images/generations`
    const picture = { created: 1, data: [{ url: 'x' }, { url: 'y' }] }
    const ask = (body: Json, more: Told = {}) => priced({ url, body, answer: picture, prices, ...more })
    near(await ask({ model: 'painter' }), 0.1)
    near(await ask({ model: 'fine-painter', quality: 'high', size: '1024x1024' }), 0.4)
    near(await ask({ model: 'fine-painter', quality: 'low', size: '1024x1024' }), 0.2)
    near(await ask({ model: 'dall-e-3' }), 0.02)
    const speech = { url: `${V1}/audio/speech`, answer: 'ID3', headers: AUDIO }
    const spoken = await ask({ model: 'speaker', input: 'Elbe' }, speech)
    near(spoken, 0.00104)
    assert.is(spoken.costDetails?.source, 'yours')
    const heard = { url: `${V1}/audio/transcriptions`, answer: { text: 'hi', duration: 10 } }
    near(await ask({ model: 'listener' }, heard), 0.002)
  })
})

async function withPrices(file: Json, act: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'prices-'))
  try {
    writeFileSync(join(folder, 'prices.json'), JSON.stringify(file))
    await act(join(folder, 'prices.json'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

media.run()
