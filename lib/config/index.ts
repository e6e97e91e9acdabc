export type { Config, ConfigKey, RedactHook, Settings } from './config'
export { readConfig } from './read'
export { VARIABLES } from './rows'
