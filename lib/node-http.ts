/**
 * `node:http` for what is loaded after dd-trace has started: dd-trace patches a built-in module when it is required
 * next, and a file of ours that does so would switch its http plugin on in the midst of the app's life.
 */
export { ClientRequest, IncomingMessage, request } from 'node:http'
