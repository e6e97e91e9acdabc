/** What happens on a socket has no path of its own, and no operation id in the API's description: these are ours. */
export interface SocketOperation {
  readonly operation: string
  /** Names the reader. */
  readonly family: string
}

const REALTIME_TURN: SocketOperation = { operation: 'realtimeResponse', family: 'responses' }

/** What was heard in one go, by a model and at a price of its own. */
export const TRANSCRIPTION: SocketOperation = { operation: 'realtimeTranscription', family: 'audio.transcriptions' }

/** Operations that spend tokens, beside those of the route table. */
export const SPENDING: readonly string[] = [REALTIME_TURN.operation, TRANSCRIPTION.operation]

/** A turn by the handshake's operation: the Responses API keeps its name on a socket. */
export function turnOn(handshake: string): SocketOperation {
  return handshake === 'connectResponses' ? { operation: 'createResponse', family: 'responses' } : REALTIME_TURN
}
