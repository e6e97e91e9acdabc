/** `npm run routes -- <folder of an openai package>`: what it calls and the route table has no row for. */
import { unknownOperations } from './operations'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Which package? npm run routes -- node_modules/openai')
  process.exitCode = 2
} else {
  const unknown = unknownOperations(folder)
  for (const operation of unknown) console.log(operation)
  console.error(unknown.length === 0 ? 'every operation has a row' : `${unknown.length} operations have no row`)
  process.exitCode = unknown.length === 0 ? 0 : 1
}
