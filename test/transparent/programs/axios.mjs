/** axios, by its http adapter and by its fetch adapter. */
import axios from 'axios'
import { ask, left, log, play } from '../../apps/stage.mjs'
import {
  ANSWERS,
  CHAT,
  each,
  eachReason,
  headersOf,
  looks,
  PATIENCE_MS,
  seen,
  short,
  textOf,
  urlOf,
} from './observe.mjs'

const adapter = process.env.CLIENT

function post(scene, more) {
  return axios.post(urlOf(scene), CHAT, { headers: headersOf(scene), adapter, ...more })
}

async function whole(scene, more) {
  try {
    const { status, statusText, headers, data, request } = await post(scene, more)
    log('head', status, statusText, headers, request && looks(request))
    return typeof data === 'string' ? short(data) : data
  } catch (error) {
    log('axios', error.status, error.response?.status, error.response?.data, error.request && looks(error.request))
    log('caught', seen(error))
  }
}

async function abortWaiting(scene, reason) {
  const controller = new AbortController()
  const asked = whole(scene, { signal: controller.signal })
  await ask(`/arrived/${scene}`)
  controller.abort(reason)
  log(await asked)
  await left(scene)
}

async function abortMid(scene, reason) {
  const controller = new AbortController()
  try {
    const { data } = await post(scene, { signal: controller.signal, responseType: 'stream' })
    for await (const chunk of data) {
      log('chunk', chunk.length > 0)
      controller.abort(reason)
    }
  } catch (error) {
    log('caught', seen(error))
  }
  await left(scene)
}

await play(
  {
    ...each(ANSWERS, scene => whole(scene)),
    ...each(
      ['stream', 'resetInBody', 'cutChunked', 'gzipCut'].map(name => `${name}_streamed`),
      async scene => {
        const { data } = await post(scene, { responseType: 'stream' })
        return textOf(data)
      },
    ),
    ok_bounded: scene => whole(scene, { maxContentLength: 10 }),
    ok_progress: scene => whole(scene, { onDownloadProgress: ({ loaded }) => log('loaded', loaded) }),
    hang_timeout: async scene => {
      await whole(scene, { timeout: 50 })
      await left(scene)
    },
    ...eachReason('ok_abortBefore', (scene, reason) => whole(scene, { signal: AbortSignal.abort(reason) })),
    ...eachReason('hang_abortWaiting', abortWaiting),
    ...eachReason('hangInBody_abort', abortMid),
  },
  PATIENCE_MS,
)
// Some of the scenes leave a connection that never closes, which would keep the process, also without an observer.
process.exit()
