import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest, IncomingMessage } from 'node:http'
import { member } from '../tracer/member'

/** What the agent said to dd-trace, or why it said nothing: an error's code, or `hanging`. */
export type AgentAnswer = { readonly path: string; readonly status: number } | { readonly failure: string }

export interface AgentWatch {
  /** Of the first post of traces from now on. */
  readonly answer: Promise<AgentAnswer>
  stop(): void
}

const TRACES_PATH = /\/v[\d.]+\/traces$/

/**
 * Watches dd-trace's own post, whose outcome it tells nowhere: Node publishes every request of `node:http`
 * on these channels.
 */
export function watchAgent(): AgentWatch {
  let settle: (answer: AgentAnswer) => void = () => {}
  const answer = new Promise<AgentAnswer>(resolve => {
    settle = resolve
  })
  const onFinish = (message: unknown): void => {
    const request = postOf(message)
    const response = member(message, 'response')
    if (request === undefined || !(response instanceof IncomingMessage)) return
    settle({ path: request.path, status: response.statusCode ?? 0 })
  }
  const onError = (message: unknown): void => {
    const request = postOf(message)
    // dd-trace gives up after 2 seconds, by `abort`.
    if (request !== undefined) settle({ failure: request.aborted ? 'hanging' : errorCode(member(message, 'error')) })
  }
  subscribe('http.client.response.finish', onFinish)
  subscribe('http.client.request.error', onError)
  return {
    answer,
    stop() {
      unsubscribe('http.client.response.finish', onFinish)
      unsubscribe('http.client.request.error', onError)
    },
  }
}

function postOf(message: unknown): ClientRequest | undefined {
  const request = member(message, 'request')
  return request instanceof ClientRequest && TRACES_PATH.test(request.path) ? request : undefined
}

function errorCode(error: unknown): string {
  return String(member(error, 'code') ?? error)
}
