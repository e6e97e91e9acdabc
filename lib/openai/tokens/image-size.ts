export interface Size {
  readonly width: number
  readonly height: number
}

/** The head of a picture is enough, but a JPEG's size may stand behind a long profile. */
const HEAD = 64 * 1024

/** Pixels of a picture given as `data:image/…;base64,…`. Of PNG, JPEG and GIF; undefined for all else. */
export function imageSize(url: string): Size | undefined {
  const [head = '', kind] = /^data:image\/(png|jpeg|jpg|gif);base64,/.exec(url) ?? []
  if (kind === undefined) return undefined
  const bytes = Buffer.from(url.slice(head.length, head.length + HEAD), 'base64')
  const size = kind === 'png' ? png(bytes) : kind === 'gif' ? gif(bytes) : jpeg(bytes)
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
}

function png(bytes: Buffer): Size | undefined {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

function gif(bytes: Buffer): Size | undefined {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 3) !== 'GIF') return undefined
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

/** Start-of-frame segments are C0 to CF but for C4, C8 and CC. */
const NOT_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc]

function jpeg(bytes: Buffer): Size | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return undefined
    if ((marker & 0xf0) === 0xc0 && !NOT_FRAMES.includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
