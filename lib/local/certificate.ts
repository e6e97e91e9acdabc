import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** What a TLS server needs, and what its clients must be told to trust. */
export interface Certificate {
  key: string
  cert: string
  /** The throw-away authority, as PEM and as a file for `NODE_EXTRA_CA_CERTS`. */
  ca: string
  caFile: string
  /** Deletes the file. */
  remove(): void
}

const HOST_NAMES = ['localhost', 'api.openai.com', '*.openai.azure.com']
const ADDRESSES = ['127.0.0.1', '::1']

/** Makes an authority and a certificate of it, valid for the loopback addresses and the API's host names. */
export async function makeCertificate(): Promise<Certificate> {
  const authority = await generate([{ name: 'commonName', value: 'throw-away test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...HOST_NAMES.map(value => ({ type: 2 as const, value })),
          ...ADDRESSES.map(ip => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'interceptor-ca-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, authority.cert)
  return {
    key: server.private,
    cert: server.cert,
    ca: authority.cert,
    caFile,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
