/** `npm run prices`: writes the bundled price list anew, from the price package that is installed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listText } from './list-text'

const FILE = join(__dirname, '..', '..', '..', 'lib', 'openai', 'price', 'list.ts')
void listText(readFileSync(FILE, 'utf8'), new Date()).then(text => writeFileSync(FILE, text))
