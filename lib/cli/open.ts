import type { AddCommand } from './command'
import { addViewOptions, type RunOptions } from './run-options'

const loadSaved: () => typeof import('./saved-session') = () => require('./saved-session')

export const addOpen: AddCommand = (program, io) => {
  const command = program
    .command('open')
    .summary('shows a session that --save has kept')
    .description('Shows a session that --save has kept, or the calls in an INTERCEPTOR_FILE.')
    .argument('<file>', 'the saved session')
    .allowExcessArguments(false)
  addViewOptions(command).action(async (file: string, _: unknown, self: typeof command) => {
    await loadSaved().showSaved(file, self.optsWithGlobals<RunOptions>(), io)
  })
}
