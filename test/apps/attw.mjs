/** What "are the types wrong" finds in a tarball, one JSON line a finding: `attw.mjs <file.tgz>`. */
import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'

const { types, problems = [] } = await checkPackage(createPackageFromTarballData(readFileSync(process.argv[2])))
if (!types) console.log('no types')
for (const problem of problems) console.log(JSON.stringify(problem))
