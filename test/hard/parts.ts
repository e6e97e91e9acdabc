/** What the hard run is made of. Each part is a program of its own, in a process of its own. */
export interface Part {
  /** `<file>.hard.ts` in this folder. */
  readonly file: string
  readonly about: string
  /** It is stuck, not slow, if it has not ended by then. */
  readonly mostMinutes: number
}

/** Those that take longest come first, so that none of them runs alone at the end. */
export const PARTS: readonly Part[] = [
  { file: 'soak', about: '100,000 mixed calls, the Agent alive, dead, hanging and alternating', mostMinutes: 12 },
  { file: 'fuzz-calls', about: 'whole exchanges made of damaged tapes', mostMinutes: 8 },
  { file: 'restart', about: 'start and stop, 1,000 times', mostMinutes: 8 },
  { file: 'streams', about: '10,000 concurrent streams', mostMinutes: 5 },
  { file: 'fuzz-wire', about: 'headers, WebSocket frames, error and usage objects', mostMinutes: 5 },
  { file: 'fuzz-words', about: 'redaction, schemas of tools, prices, settings, the file of calls', mostMinutes: 5 },
  { file: 'budget', about: '2,000 exchanges at once against the byte budget', mostMinutes: 5 },
  { file: 'fuzz-texts', about: 'JSON and server-sent events', mostMinutes: 5 },
  { file: 'fuzz-bodies', about: 'compressed bodies and forms', mostMinutes: 5 },
]
