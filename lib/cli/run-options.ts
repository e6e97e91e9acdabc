import { type Command, InvalidArgumentError, Option } from 'commander'

export interface RunOptions {
  readonly json?: true
  readonly save?: string
  readonly ui?: true
  readonly port?: number
  readonly redact?: true
  /** False by `--no-content`. */
  readonly content?: boolean
}

const JSON_LINES = new Option('--json', 'one JSON object a call, instead of lines for people')
const PAGE = new Option('--ui', 'opens the page, and keeps it open until Ctrl-C')
const PORT = new Option('--port <number>', 'port of the page (default: any that is free)').argParser(portOf)

/** Those of every command that shows calls. */
export function addViewOptions(command: Command): Command {
  return command.addOption(JSON_LINES).addOption(PAGE).addOption(PORT)
}

export function addRunOptions(command: Command): Command {
  return addViewOptions(command)
    .option('--save <file>', 'keeps the session in a file, for interceptor open')
    .option('--redact', 'takes keys, e-mail addresses and card numbers out of what is shown and sent')
    .option('--no-content', 'shows and sends no prompt and no answer')
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('It is no port from 0 to 65535.')
}
