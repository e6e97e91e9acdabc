import { useEffect, useState } from 'preact/hooks'
import type { Wire, WireSide } from '../openai/wire'
import { count } from '../view/amounts'
import { arrived } from './arrived'
import { asCurl, asFetch } from './as-command'
import { asTape } from './as-tape'
import { laidOut } from './conversation'
import { CopyButton } from './copy-button'
import { Pairs } from './pairs'
import { Replay } from './replay'
import { Code } from './turns'

type Asked = Wire | 'asked' | 'gone'

/** What passed on the wire, asked for when it is looked at. */
export function Raw({ id, token }: { readonly id: string; readonly token: string }) {
  const [wire, setWire] = useState<Asked>('asked')
  useEffect(() => {
    const control = new AbortController()
    setWire('asked')
    fetch(`/wire/${encodeURIComponent(id)}?token=${encodeURIComponent(token)}`, { signal: control.signal })
      .then(response => (response.ok ? response.json() : 'gone'))
      .then(setWire)
      .catch(() => control.signal.aborted || setWire('gone'))
    return () => control.abort()
  }, [id, token])
  if (wire === 'asked') return <p class="none">Loading…</p>
  if (wire === 'gone') return <p class="none">The request and the response are not kept any more.</p>
  const { request, response } = wire
  const tape = asTape(wire)
  return (
    <>
      {response?.chunks !== undefined && <Replay chunks={response.chunks} />}
      <section aria-label="Request">
        <h3>Request</h3>
        <p class="buttons">
          <CopyButton label="Copy as curl" text={asCurl(request)} />
          <CopyButton label="Copy as fetch" text={asFetch(request)} />
          {tape !== undefined && <CopyButton label="Copy as tape" text={tape} />}
        </p>
        <Code text={`${request.method} ${request.url}`} />
        <Side side={request} />
      </section>
      {response !== undefined && (
        <section aria-label="Response">
          <h3>Response {response.status}</h3>
          <Side side={response} />
        </section>
      )}
    </>
  )
}

function Side({ side }: { readonly side: WireSide }) {
  const { headers, body, chunks, cut, withheld, bytes } = side
  const text = body === undefined ? arrived(chunks ?? [], Number.POSITIVE_INFINITY) : laidOut(body)
  return (
    <>
      <details>
        <summary>{headers.length} headers</summary>
        <Pairs pairs={headers} />
      </details>
      {withheld !== undefined && (
        <p class="none">
          {count(bytes)} bytes that are not shown: {withheld}
        </p>
      )}
      {cut !== undefined && <p class="none">{count(cut.bytes)} bytes in it were not kept.</p>}
      {text !== '' && <Code text={text} />}
    </>
  )
}
