import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

/** A whole body without its `content-encoding`. Throws for a broken one; one that it does not know is left as it is. */
export function decoded(bytes: Buffer, encoding: string): Buffer {
  return DECODERS[encoding]?.(bytes) ?? bytes
}
