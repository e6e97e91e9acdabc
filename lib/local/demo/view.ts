import type { Received } from '../openai/received'
import type { Client } from './client-list'

/** Who is sent the calls of the demo's apps, and how it is shown. */
export interface View {
  /** Of node, beside `--require interceptor/register`. */
  readonly flags: readonly string[]
  env(client: Client): Record<string, string>
  /** The spans of calls that arrived, in order of their start: an app's, or all. */
  seen(client?: Client): readonly object[]
  /** Is a call one that this output shows? Absent: each is. */
  shows?(call: Received): boolean
  /** All that arrived, as a person reads it. */
  lines(clients: readonly Client[]): string[]
  close(): Promise<void>
}
