import { type AddCommand, Misuse } from './command'

export const HELP = 'help'

/** `interceptor help check` is what `interceptor check --help` is: both are asked for. */
export const addHelp: AddCommand = program => {
  program
    .command(HELP)
    .summary('prints what there is')
    .description('Prints what there is, or what a command does.')
    .argument('[command]', 'the command')
    .allowExcessArguments(false)
    .action((name: string | undefined) => {
      const asked = name === undefined ? program : program.commands.find(command => command.name() === name)
      if (asked === undefined) throw new Misuse(`there is no command of ours called ${name}; see interceptor --help`)
      asked.outputHelp()
    })
}
