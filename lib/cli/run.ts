import type { Command } from 'commander'
import type { AddCommand, Io } from './command'
import { addRunOptions, type RunOptions } from './run-options'

export const RUN = 'run'

const loadSession: () => typeof import('./observed-run') = () => require('./observed-run')

/** What is done with a program that is named. */
export const addRun: AddCommand = (program, io) => {
  setUp(addRunOptions(program), io)
  // It has no options of its own: the program's defaults would go before them.
  setUp(program.command(RUN).summary('runs a program'), io)
}

function setUp(command: Command, io: Io): void {
  command
    .argument('[program...]', 'program and its arguments')
    .passThroughOptions()
    .action(async (words: string[], _: unknown, self: Command) => {
      const [program, ...args] = words
      if (program === undefined) return self.error('no program is named: interceptor [options] node app.js')
      await loadSession().observedRun({ program, args, options: self.optsWithGlobals<RunOptions>(), io })
    })
}
