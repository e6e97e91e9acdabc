/** `--require` entry of the demo's apps: the SDK as any app starts it, with what the environment says. */
import { NodeSDK } from '@opentelemetry/sdk-node'

const sdk = new NodeSDK()
sdk.start()
process.once('beforeExit', () => {
  sdk.shutdown().catch(console.error)
})
