/** `npm run docs`: writes the README's tables anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTables } from './reference'

const README = join(__dirname, '..', '..', '..', 'README.md')
writeFileSync(README, withTables(readFileSync(README, 'utf8')))
