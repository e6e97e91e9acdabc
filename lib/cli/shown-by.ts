import { JsonView } from '../view/json-view'
import { terminalOf } from '../view/terminal'
import { LinesView, type View } from '../view/view'
import { type Output, outputTo } from './output'
import type { RunOptions } from './run-options'

export interface ShownBy {
  readonly view: View
  readonly output: Output
}

/** The view that was asked for, on a stream. */
export function shownBy({ json }: RunOptions, stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ShownBy {
  const output = outputTo(stream)
  const view = json === true ? new JsonView(output.write) : new LinesView(terminalOf(stream, env), output.write)
  return { view, output }
}
