import type { Call, CallRecord } from '../../openai/call'

/** A record of its own: a reader that changes it all the same changes it for no output. */
export function recordOf(call: Call): CallRecord {
  const { api, http, caller, tags, usage, estimated, error, stream, trace, request, response } = call
  return Object.freeze({
    ...call,
    version: 1,
    api: frozen(api),
    http: frozen(http),
    caller: frozen(caller),
    tags: frozen(tags),
    request: frozen(request),
    response: frozen(response),
    ...(usage === undefined ? {} : { usage: frozen(usage) }),
    ...(estimated === undefined ? {} : { estimated: frozen(estimated) }),
    ...(error === undefined ? {} : { error: frozen(error) }),
    ...(stream === undefined ? {} : { stream: frozen(stream) }),
    ...(trace === undefined ? {} : { trace: frozen(trace) }),
  })
}

function frozen<T extends object>(part: T): Readonly<T> {
  return Object.freeze({ ...part })
}
