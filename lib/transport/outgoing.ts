import type { ClientRequest } from 'node:http'

interface Outgoing {
  readonly outputData?: readonly { data: string | Uint8Array; encoding?: BufferEncoding | null }[]
  readonly chunkedEncoding?: boolean
}

/**
 * The body that a request already holds for a socket it has not got yet: what was written, less the head in front, less
 * the frames of the chunked encoding. Only Node 20's late sighting needs it.
 */
export function bufferedBody(request: ClientRequest): Buffer[] {
  const { outputData = [], chunkedEncoding = false } = request as unknown as Outgoing
  const bytes = Buffer.concat(
    outputData.map(({ data, encoding }) =>
      typeof data === 'string' ? Buffer.from(data, encoding ?? 'latin1') : Buffer.from(data),
    ),
  )
  const head = bytes.indexOf('\r\n\r\n')
  if (head < 0) return []
  const body = bytes.subarray(head + 4)
  return chunkedEncoding ? unframed(body) : [body]
}

function unframed(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const line = bytes.indexOf('\r\n', at)
    const size = line < 0 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, line), 16)
    if (!(size > 0)) break
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
  return chunks
}
