export type { Config, ConfigKey, OutputName, RedactHook, Settings } from './config'
export { readConfig } from './read'
export { VARIABLES } from './rows'
