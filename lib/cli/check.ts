import { ownVersion } from '../own-version'
import type { AddCommand } from './command'
import type { RunOptions } from './run-options'

const loadCheck: () => typeof import('../check') = () => require('../check')

const loadRun: () => typeof import('./observed-run') = () => require('./observed-run')

export const addCheck: AddCommand = (program, io) => {
  const { print, end } = io
  const command = program.command('check')
  command
    .summary('says what is sent where from here, and whether it is taken')
    .description('Says what is sent where from here, sends one test span, metric and log, and whether they were taken.')
    .addHelpText(
      'after',
      '\nWith a program (interceptor check -- node app.js): runs it, and says which hosts it called are not recognised.\nThe exit code is 1 then, and where no call was seen at all.',
    )
    .argument('[program...]', 'a program and its arguments, after --')
    .action(async ([program, ...args]: string[], _: unknown, self: typeof command) => {
      if (program === undefined) return end(await loadCheck().check({ env: process.env, version: ownVersion(), print }))
      if (!process.argv.includes('--')) {
        self.error(`a program to check goes after --: interceptor check -- ${[program, ...args].join(' ')}`)
      }
      await loadRun().observedRun({ program, args, options: self.optsWithGlobals<RunOptions>(), io, isCheck: true })
    })
}
