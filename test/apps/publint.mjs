/** What publint finds in a tarball, one line a finding, suggestions too: `publint.mjs <file.tgz>`. */
import { readFileSync } from 'node:fs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const tarball = readFileSync(process.argv[2])
const bytes = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength)
const { messages, pkg } = await publint({ pack: { tarball: bytes }, level: 'suggestion', strict: true })
for (const message of messages) console.log(message.type, formatMessage(message, pkg, { color: false }))
