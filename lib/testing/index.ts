export type { CallRecord } from '../openai/call'
export { type ObserveOptions, observe } from './observe'
export { type CallReceiver, receiver } from './receiver'
