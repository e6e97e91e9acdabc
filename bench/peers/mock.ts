import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { bodyOf, eventsOf, HEADERS } from './bodies'
import { type Workload, workloadOf } from './workloads'

/** Answers by the `x-workload` header, without looking at what is asked. */
export const mock = createServer((req, res) => {
  req.resume().once('end', () => answer(req, res))
})

function answer(req: IncomingMessage, res: ServerResponse): void {
  const workload = workloadOf(String(req.headers['x-workload']))
  if (workload.chunks > 0) {
    stream(res, workload)
    return
  }
  const body = bodyOf(workload)
  res.writeHead(200, { ...HEADERS, 'content-type': 'application/json', 'content-length': body.length }).end(body)
}

/** Its last chunk and the usage come together. */
function stream(res: ServerResponse, workload: Workload): void {
  res.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
  const events = eventsOf(workload)
  let sent = 0
  const next = () => {
    const event = events[sent]
    sent += 1
    if (event === undefined) return void res.end()
    res.write(event)
    if (workload.everyMs === 0) setImmediate(next)
    else setTimeout(next, workload.everyMs)
  }
  next()
}
