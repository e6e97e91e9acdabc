import type { AddCommand } from './command'
import { ownVersion } from './own-version'

const loadCheck: () => typeof import('../check') = () => require('../check')

export const addCheck: AddCommand = (program, { print, end }) => {
  program
    .command('check')
    .summary('says what is sent where from here, and whether it is taken')
    .description('Says what is sent where from here, sends one test span, metric and log, and whether they were taken.')
    .allowExcessArguments(false)
    .action(async () => end(await loadCheck().check({ env: process.env, version: ownVersion(), print })))
}
