/**
 * A private field of dd-trace's, of whatever type it is in this version. Everything read so is tested before it is
 * used: a field that has gone costs what its one user says, never an exception.
 */
export function member(value: unknown, name: string): unknown {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject ? Reflect.get(value, name) : undefined
}
