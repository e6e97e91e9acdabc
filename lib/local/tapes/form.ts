import type { FormPart, MultipartForm } from './tape-types'

export type { FormPart, MultipartForm }

export function formBytes({ boundary, parts, end = '\r\n' }: MultipartForm): Buffer {
  const chunks = parts.flatMap(part => [
    Buffer.from(`--${boundary}\r\n${part.headers.map(header => `${header}\r\n`).join('')}\r\n`),
    part.text === undefined ? Buffer.from(part.base64 ?? '', 'base64') : Buffer.from(part.text),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--${end}`)])
}

/** Undefined where the parts would not give the same bytes back. */
export function parseForm(bytes: Buffer, contentType: string): MultipartForm | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return undefined
  const parts = split(bytes, `--${boundary}`).map(parsePart)
  const closing = `--${boundary}--`
  const end = bytes.subarray(bytes.lastIndexOf(closing) + closing.length).toString()
  const form = end === '\r\n' ? { boundary, parts } : { boundary, parts, end }
  return formBytes(form).equals(bytes) ? form : undefined
}

/** What stands between two delimiter lines, without the line breaks that belong to these. */
function split(bytes: Buffer, delimiter: string): Buffer[] {
  const pieces: Buffer[] = []
  let from = bytes.indexOf(delimiter)
  while (from >= 0) {
    const to = bytes.indexOf(`\r\n${delimiter}`, from)
    if (to < 0) break
    pieces.push(bytes.subarray(from + delimiter.length + 2, to))
    from = to + 2
  }
  return pieces
}

function parsePart(piece: Buffer): FormPart {
  const end = piece.indexOf('\r\n\r\n')
  const headers = piece.subarray(0, end).toString().split('\r\n')
  const content = piece.subarray(end + 4)
  const text = content.toString()
  return Buffer.from(text).equals(content) ? { headers, text } : { headers, base64: content.toString('base64') }
}
