/** Sends again what the server was asked, byte for byte, by this Node's own fetch, one after the other. */
import { text } from 'node:stream/consumers'

/** What fetch sets itself, or must not be given. */
const OWN =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|upgrade|te|http2-settings|expect|proxy-.*)$/
const origins = { h2: process.env.H2_ORIGIN, plain: process.env.ORIGIN }

for (const { client, method, url, headers, body } of JSON.parse(await text(process.stdin))) {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.test(name)))
  const origin = client.includes('http2') ? origins.h2 : origins.plain
  await (await fetch(origin + url, { method, headers: kept, ...(body === '' ? {} : { body }) })).text()
}
