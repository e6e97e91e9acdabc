/** What is asked of the mock, as often as a run says. Sizes are on the wire. */
export interface Workload {
  readonly name: string
  readonly about: string
  readonly ask: 'chat' | 'embeddings'
  /** Characters of the prompt. */
  readonly promptSize: number
  /** Chunks of a streamed answer; none: it comes whole. */
  readonly chunks: number
  /** Milliseconds between two chunks; 0: one a turn of the event loop. */
  readonly everyMs: number
  /** Vectors of 1,536 numbers. */
  readonly vectors: number
  /** Calls that are measured from the start of the process. */
  readonly cold: number
  /** Calls before measuring, and measured ones after them. */
  readonly warm: readonly [before: number, measured: number]
}

const CHAT = { ask: 'chat', promptSize: 60, chunks: 0, everyMs: 0, vectors: 0 } as const

export const WORKLOADS: readonly Workload[] = [
  { ...CHAT, name: 'chat', about: 'small chat', cold: 200, warm: [2500, 600] },
  { ...CHAT, name: 'stream20', about: 'stream of 20', chunks: 20, cold: 200, warm: [1200, 400] },
  { ...CHAT, name: 'stream200', about: 'stream of 200, 1 ms apart', chunks: 200, everyMs: 1, cold: 10, warm: [10, 10] },
  {
    ...CHAT,
    name: 'embeddings',
    about: '500 kB of embeddings',
    ask: 'embeddings',
    vectors: 16,
    cold: 50,
    warm: [100, 100],
  },
  { ...CHAT, name: 'prompt', about: '200 kB prompt', promptSize: 200_000, cold: 100, warm: [500, 300] },
]

export function workloadOf(name: string): Workload {
  const found = WORKLOADS.find(workload => workload.name === name)
  if (found === undefined) throw new Error(`no workload "${name}": ${WORKLOADS.map(each => each.name).join(', ')}`)
  return found
}

export function promptOf({ promptSize }: Workload): string {
  const sentence = 'Say something about the weather in Lisbon tomorrow, please. '
  return sentence.repeat(Math.ceil(promptSize / sentence.length)).slice(0, promptSize)
}
