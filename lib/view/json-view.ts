import type { SessionEvent } from '../live/event'
import { callToJson } from '../openai/call-json'
import type { View } from './view'

/** For programs: one JSON object a call, `callToJson`'s with the session's `id` and `process`. */
export class JsonView implements View {
  constructor(private readonly write: (text: string) => void) {}

  take(event: SessionEvent): void {
    if (event.event !== 'call') return
    const { id, process, call } = event
    this.write(`${JSON.stringify({ id, process, ...callToJson(call) })}\n`)
  }

  finish(): void {}
}
