import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { tally } from '../counters'
import { guarded } from '../guard'
import { ClientRequest, IncomingMessage } from '../node-http'
import { Reach } from '../sinks/reach'
import type { Undo } from '../transport/shadow'
import { member } from './member'

/** What the agent said to dd-trace, or why it said nothing: an error's code, or `hanging`. */
export type AgentAnswer = { readonly path: string; readonly status: number } | { readonly failure: string }

const TRACES_PATH = /\/v[\d.]+\/traces$/

/**
 * Hears of every post of traces, whose outcome dd-trace (5.132, 6.21) tells nowhere: Node publishes every request of
 * `node:http` on these channels. A request of anybody else costs one look at its path.
 */
export function watchAgentPosts(hear: (answer: AgentAnswer) => void): Undo {
  const onFinish = guarded('agent.answer', (message: unknown) => {
    const request = postOf(message)
    const response = member(message, 'response')
    if (request === undefined || !(response instanceof IncomingMessage)) return
    hear({ path: request.path, status: response.statusCode ?? 0 })
  })
  const onError = guarded('agent.answer', (message: unknown) => {
    const request = postOf(message)
    // dd-trace gives up after 2 seconds, by `abort`.
    if (request !== undefined) hear({ failure: request.aborted ? 'hanging' : errorCode(member(message, 'error')) })
  })
  subscribe('http.client.response.finish', onFinish)
  subscribe('http.client.request.error', onError)
  return () => {
    unsubscribe('http.client.response.finish', onFinish)
    unsubscribe('http.client.request.error', onError)
  }
}

/** Counts dd-trace's posts, and says where for a minute the agent has taken none of them. */
export function followAgent(address: () => string | undefined, reach = new Reach()): Undo {
  return watchAgentPosts(answer => {
    tally('spans.posts')
    if ('status' in answer && answer.status < 400) {
      reach.reached()
      return
    }
    const why = 'failure' in answer ? answer.failure : `the answer was ${answer.status}`
    tally('spans.posts.failed', 1, why)
    reach.missed(
      () =>
        `for a minute no spans have reached the Datadog Agent at ${address()} (${why}); ` +
        'start it there, or say where it is: DD_TRACE_AGENT_URL or DD_AGENT_HOST. DD_TRACE_ENABLED=false sends no spans',
    )
  })
}

function postOf(message: unknown): ClientRequest | undefined {
  const request = member(message, 'request')
  return request instanceof ClientRequest && TRACES_PATH.test(request.path) ? request : undefined
}

function errorCode(error: unknown): string {
  return String(member(error, 'code') ?? error)
}
