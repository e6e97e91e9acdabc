import { Command } from 'commander'
import { ownVersion } from '../own-version'
import { addCheck } from './check'
import type { AddCommand, Io } from './command'
import { addDashboard } from './dashboard'
import { addHelp, HELP } from './help'
import { addMonitors } from './monitors'
import { addOpen } from './open'
import { addPrices } from './prices'
import { addRun, RUN } from './run'

/** In the order of the help. */
const COMMANDS: readonly AddCommand[] = [addRun, addOpen, addCheck, addDashboard, addMonitors, addPrices, addHelp]

const EXAMPLES = `
Examples:
  interceptor node app.js                      shows each call of the app as it ends
  interceptor --save calls.ndjson npm test     keeps them too
  interceptor open calls.ndjson                shows them again
  interceptor check -- node app.js             names hosts that are called and not recognised
  interceptor -- open page.html                runs a program that is called like a command

What is observed, and what of it leaves, is configured by the environment, as for interceptor/register.`

/** The command line. It throws where it would end the process, when it has said why. */
export function programOf(io: Io): Command {
  const program = new Command('interceptor')
    .description(
      'Runs a program and shows its calls to OpenAI and compatible servers. No account, no change to the app.',
    )
    .usage('[options] <program> [arguments...]\n       interceptor [options] <command>')
    .version(ownVersion(), '-v, --version', 'prints the version')
    .helpOption('-h, --help', 'prints this')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .configureHelp({ subcommandTerm: command => command.name(), visibleCommands, visibleArguments: () => [] })
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: text => io.say(refusal(text)) })
  for (const add of COMMANDS) add(program, io)
  for (const command of program.commands) command.helpOption('-h, --help', 'prints this')
  return program
}

/** `run` is what is done without its name, `help` what `--help` prints. */
function visibleCommands(program: Command): Command[] {
  return program.commands.filter(command => ![RUN, HELP].includes(command.name()))
}

/** An error and perhaps a suggestion, in lines of their own: made one line that says where help is. */
function refusal(text: string): string {
  return `${text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')}; see interceptor --help`
}

/** What follows `--` is a program, though it be called like a command: `run` is put before it. */
export function withRun(args: readonly string[], program: Command): string[] {
  const at = args.indexOf('--')
  const isNamed = program.commands.some(command => command.name() === args[at + 1])
  if (at < 0 || !isNamed || isAfterOperand(args.slice(0, at), program)) return [...args]
  return [...args.slice(0, at), RUN, ...args.slice(at)]
}

/** Words that are no option and no option's value. */
function isAfterOperand(args: readonly string[], program: Command): boolean {
  return args.some((arg, i) => {
    const before = program.options.find(({ short, long }) => [short, long].includes(args[i - 1]))
    return !arg.startsWith('-') && before?.required !== true
  })
}
