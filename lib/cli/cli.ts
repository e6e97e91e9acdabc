#!/usr/bin/env node
import { sayPlainly, tooOld } from '../old-node'

const load: () => typeof import('./main') = () => require('./main')

const old = tooOld()
if (old === undefined) load()
else {
  sayPlainly(old)
  process.exitCode = 1
}
