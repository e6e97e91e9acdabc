import { CommanderError } from 'commander'
import { type Io, Misuse } from './command'
import { errorLine } from './error-line'
import { programOf, withRun } from './program'

/** The `interceptor` command. */
async function main(args: readonly string[]): Promise<number> {
  let code = 0
  const io: Io = {
    print: text => process.stdout.write(`${text}\n`),
    say: line => process.stderr.write(`interceptor: ${line}\n`),
    end: given => {
      code = given
    },
  }
  try {
    const program = programOf(io)
    await program.parseAsync(args.length === 0 ? ['--help'] : withRun(args, program), { from: 'user' })
    return code
  } catch (error) {
    // What it has to say has been said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.say(errorLine(error))
    return error instanceof Misuse ? 2 : 1
  }
}

/** Ends the process when all is written: what the tracer or a hanging agent still has open must not hold it. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code))
}

// Whoever reads may have read enough: `| head`.
process.stdout.on('error', () => process.exit())
// The program that runs under us goes on, and its exit code is ours.
process.stderr.on('error', () => {})

main(process.argv.slice(2)).then(end, () => end(1))
