/** `npm run docs`: writes the README's tables anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTables } from './reference'

const README = join(__dirname, '..', '..', '..', 'README.md')
void withTables(readFileSync(README, 'utf8')).then(text => writeFileSync(README, text))
