/** One line of the table "Faults tried". */
export interface Tried {
  /** What was done to us. */
  readonly what: string
  readonly times: number
  /** What held each time. */
  readonly held: string
  readonly measured?: string
}

const MARK = '@tried '

/** Tells the run what has been tried and held; called when it has. */
export function tried(row: Tried): void {
  console.log(`\n${MARK}${JSON.stringify(row)}`)
}

/** The rows that a part has told, out of all that it printed. */
export function rowsIn(output: string): Tried[] {
  const lines = output.split('\n').filter(line => line.startsWith(MARK))
  return lines.map(line => JSON.parse(line.slice(MARK.length)))
}

/** Lists and counts as the README writes them. */
export function counted(n: number): string {
  return n.toLocaleString('en-US')
}

export function tableOf(rows: readonly Tried[]): string {
  const lines = rows.map(
    ({ what, times, held, measured = '' }) => `| ${what} | ${counted(times)} | ${held} | ${measured} |`,
  )
  return ['| what was tried | times | what held each time | measured |', '| --- | --- | --- | --- |', ...lines].join(
    '\n',
  )
}
