/** One call by node:http, on a runtime that is not Node. */
import http from 'node:http'
import { createRequire } from 'node:module'
import { BODY, HEADERS } from './shared.mjs'

const { start } = createRequire(import.meta.url)(`${process.env.ROOT}/dist/index.js`)
const answer = {
  id: 'x',
  model: 'gpt-4o',
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}
const server = http.createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const onCall = ({ operation, usage }) => console.log('seen', operation, usage?.total)
const handle = start({ hosts: [`127.0.0.1:${port}`], metricsEnabled: false, startTracer: false, onCall })
await new Promise((resolve, reject) => {
  const options = { host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', headers: HEADERS }
  const request = http.request(options, response => response.resume().on('end', resolve))
  request.on('error', reject)
  request.end(BODY)
})
await handle.stop()
server.close()
process.exit(0)
