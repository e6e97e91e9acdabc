/** Operations that show again what another call has spent: a stored response, a batch, a run that is polled. */
const READS =
  /^(?:beta_)?(?:(?:get|retrieve|list|cancel|update|modify|delete)[A-Z]|Getinputtokencounts$)|^(?:GET|HEAD|DELETE|OPTIONS) /

/** Does this operation itself use the tokens that its answer tells of? If not, counting them would count them twice. */
export function spends(operation: string): boolean {
  return !READS.test(operation)
}
