export interface Size {
  readonly width: number
  readonly height: number
}

/** The head of a picture is enough, but a JPEG's size may stand behind a long profile. */
const HEAD = 64 * 1024
const LONGEST_TYPE = 300

/** Pixels of a picture given as `data:…;base64,…`, by its own first bytes: PNG, JPEG, GIF, WebP; undefined for all else. */
export function imageSize(url: string): Size | undefined {
  const [head] = /^data:[^,;]{0,100}(?:;[^,;]{0,100})*?;base64,/i.exec(url.slice(0, LONGEST_TYPE)) ?? []
  if (head === undefined) return undefined
  const bytes = Buffer.from(url.slice(head.length, head.length + HEAD), 'base64')
  const size = png(bytes) ?? gif(bytes) ?? jpeg(bytes) ?? webp(bytes)
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
    // Filled up with any number of these.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if ((marker & 0xf0) === 0xc0 && !NOT_FRAMES.includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/** Lossy, lossless and extended: each has its size in another place and form. */
function webp(bytes: Buffer): Size | undefined {
  if (bytes.length < 30 || bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined
  const bits = bytes.readUInt32LE(21)
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case 'VP8L':
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}
