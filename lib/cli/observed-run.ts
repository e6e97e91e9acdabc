import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nearest } from '../config/nearest'
import { eventFromJson, eventToJson, SESSION_VERSION, type SessionEvent } from '../live/event'
import { hasWord, takeLeft } from '../live/left'
import type { Receiver } from '../live/receiver'
import { openSessionFile, type SessionFile } from '../live/save'
import { Session } from '../live/session'
import { ownVersion } from '../own-version'
import { PATTERNS } from '../redact/patterns'
import { LIVE_TARGET, targetToText } from '../sinks/live/target'
import { type ChildEnd, runChild } from './child'
import { type Io, Misuse } from './command'
import { endBySignal, exitCodeOf } from './end-like'
import { errorLine } from './error-line'
import { fileTrouble, isFileTrouble } from './file-trouble'
import { nodeOptionsWith } from './node-options'
import { openPage, untilAsked } from './page'
import { receiverAt } from './receiver-at'
import type { RunOptions } from './run-options'
import { type ShownBy, shownBy } from './shown-by'
import { shownCommand } from './shown-command'
import { ALL_RECOGNISED, nothingSeen, unrecognised } from './unrecognised'

export interface ObservedRun {
  readonly program: string
  readonly args: readonly string[]
  readonly options: RunOptions
  readonly io: Io
  /** What is asked for is which hosts are not recognised. */
  readonly isCheck?: boolean
}

/** Runs a program, shows its calls as they end and what they come to, and ends as it has ended. */
export async function observedRun({ program, args, options, io, isCheck = false }: ObservedRun): Promise<void> {
  const file = options.save === undefined ? undefined : opened(options.save, io)
  const session = new Session()
  const { view, output } = shownBy(options, process.stderr, process.env)
  session.listen(({ event }) => view.take(event))
  const take = (line: string): void => takeLine(line, session, file)
  const receiver = await receiverAt(options.port, { session, take })
  const folder = temporaryFolder()
  const tell = (event: SessionEvent): void => take(JSON.stringify(eventToJson(event)))
  tell(startOf(shownCommand([program, ...args], options, process.env)))
  if (options.ui === true) showPage(receiver, io)

  const end = await runChild(program, args, environmentOf(options, receiver, folder), io.say)
  await receiver.settled()
  takeLeft(folder, take)
  const isLoaded = hasWord(folder)
  rmSync(folder, { recursive: true, force: true })
  tell({ event: 'end', at: Date.now(), ...('signal' in end ? { signal: end.signal } : { exitCode: exitCodeOf(end) }) })
  const isSeen =
    'failure' in end ? true : shown({ program, args, options, io, isCheck }, session, { view, output, isLoaded })
  if ('failure' in end) io.say(startFailure(program, end.failure, isCheck))
  if (output.left > 0) io.say(`${output.left} lines were not shown: standard error was not read as fast`)
  file?.close()
  await closed(receiver, options, end, io)
  io.end(exitCodeOf(end) || (isCheck && !isSeen ? 1 : 0))
  endBySignal(end)
}

/** What the calls came to, and what was not seen of them. Gives whether all was, as far as can be told. */
function shown(
  { program, args, options, isCheck }: ObservedRun,
  session: Session,
  { view, output, isLoaded }: ShownBy & { readonly isLoaded: boolean },
): boolean {
  const events = session.after(0).map(({ event }) => event)
  const foreign = unrecognised(events, process.env)
  const { hasCalls } = session
  if (hasCalls || options.json === true) view.finish()
  if (options.json === true && !isCheck) return hasCalls
  if (hasCalls && foreign.length === 0) {
    if (isCheck) output.write(`${ALL_RECOGNISED}\n`)
    return true
  }
  for (const line of foreign.length > 0 ? foreign : [nothingSeen([program, ...args], isLoaded)])
    output.write(`${line}\n`)
  return false
}

async function closed(receiver: Receiver, { ui }: RunOptions, end: ChildEnd, io: Io): Promise<void> {
  if (ui === true && process.stderr.isTTY && !('failure' in end)) {
    io.say('the page stays until Ctrl-C')
    await untilAsked()
  }
  await receiver.close()
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'interceptor-'))
  } catch (error) {
    const why = isFileTrouble(error) ? fileTrouble(error) : errorLine(error)
    throw new Misuse(`the folder for temporary files, ${tmpdir()}, cannot be written: ${why}; TMPDIR names another`)
  }
}

function opened(path: string, io: Io): SessionFile {
  try {
    return openSessionFile(path, error =>
      io.say(`${path} cannot be written any more: ${fileTrouble(error)}; the rest of the session is not kept`),
    )
  } catch (error) {
    throw new Misuse(
      `--save: ${isFileTrouble(error) ? `${path} cannot be written: ${fileTrouble(error)}` : errorLine(error)}`,
    )
  }
}

/** A call's line is kept as it came: its wire is in it, which the session keeps apart. */
function takeLine(line: string, session: Session, file: SessionFile | undefined): void {
  const event = eventFromJson(parsed(line))
  if (typeof event !== 'string' && session.add(event)) file?.write(line)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function startOf(command: readonly string[]): SessionEvent {
  return {
    event: 'session',
    version: SESSION_VERSION,
    startedAt: Date.now(),
    command,
    interceptor: ownVersion(),
    node: process.versions.node,
  }
}

function showPage({ url }: Receiver, io: Io): void {
  io.say(`the page is at ${url}`)
  openPage(url)
}

function environmentOf({ redact, content }: RunOptions, { port, token }: Receiver, folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: nodeOptionsWith(process.env.NODE_OPTIONS),
    [LIVE_TARGET]: targetToText({ port, token, folder }),
    ...(redact === true ? { INTERCEPTOR_REDACT: Object.keys(PATTERNS).join(',') } : {}),
    ...(content === false ? { INTERCEPTOR_CAPTURE_CONTENT: 'false' } : {}),
  }
}

function startFailure(program: string, { code, message }: NodeJS.ErrnoException, isCheck: boolean): string {
  const hint = /\.[cm]?[jt]s$/.test(program) ? `; to run it with Node: interceptor node ${program}` : ''
  const near = nearest(program, COMMAND_NAMES)
  const meant = near === undefined ? '' : `; did you mean interceptor ${near}?`
  if (code === 'ENOENT' && isCheck) return `there is no program called ${program}${hint}`
  if (code === 'ENOENT')
    return `there is no program, and no command of ours, called ${program}${hint || meant || '; see interceptor --help'}`
  if (code === 'EACCES') return `${program} cannot be executed${hint || '; is it a program, and executable?'}`
  return `${program} could not be started: ${message}`
}

const COMMAND_NAMES = ['open', 'check', 'dashboard', 'monitors', 'prices']
