import { SPENDING } from '../realtime/operations'
import { ROUTES } from '../recognise/routes'

/** By operation, as the route table says. An operation with several paths spends if one of them does. */
const BY_ID: ReadonlyMap<string, boolean> = new Map([
  ...ROUTES.map(({ id }): [string, boolean] => [id, false]),
  ...ROUTES.filter(({ spends }) => spends).map(({ id }): [string, boolean] => [id, true]),
  ...SPENDING.map((id): [string, boolean] => [id, true]),
])

/** Endpoints that end in an id, or in a word for what is done to what the id names (`POST /v1/new-thing/…/cancel`). */
const TO_WHAT_IS_THERE =
  /\*$|\/\*\/(?:cancel|stop|pause|resume|archive|restore|close|complete|delete|update|validate|activate|deactivate|test)$/

/**
 * Does this operation itself use the tokens that its answer tells of? If not, counting them would count them twice. Of an
 * operation that the table lacks (`POST /v1/new-thing`), only a POST may, and only one that makes something new: an
 * answer about what is there already tells a running total at best.
 */
export function spends(operation: string): boolean {
  return BY_ID.get(operation) ?? (operation.startsWith('POST ') && !TO_WHAT_IS_THERE.test(operation))
}

/** What the answer only begins, and where nothing tells what it will have cost: batches, trainings, runs of evals. */
const PAID_LATER: Readonly<Record<string, string>> = {
  createBatch: 'batch',
  createFineTuningJob: 'training',
  createFineTune: 'training',
  createEvalRun: 'eval_run',
}

/** The name of what an operation begins that is paid for later. */
export function paidLater(operation: string): string | undefined {
  return Object.hasOwn(PAID_LATER, operation) ? PAID_LATER[operation] : undefined
}
