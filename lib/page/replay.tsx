import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireChunk } from '../openai/wire'
import { duration } from '../view/amounts'
import { arrived, textOfEvents } from './arrived'
import { Code } from './turns'

/** A stream as it came: the slider goes from chunk to chunk, `Play` with the pauses that there were. */
export function Replay({ chunks }: { readonly chunks: readonly WireChunk[] }) {
  const [at, setAt] = useState(chunks.length)
  const [playing, setPlaying] = useState(false)
  const ms = chunks[at - 1]?.ms ?? 0
  useEffect(() => {
    const next = chunks[at]
    if (!playing) return
    if (next === undefined) return setPlaying(false)
    const timer = window.setTimeout(() => setAt(at + 1), next.ms - ms)
    return () => window.clearTimeout(timer)
  }, [chunks, playing, at, ms])
  const raw = useMemo(() => arrived(chunks, at), [chunks, at])
  const play = (): void => {
    if (at >= chunks.length) setAt(0)
    setPlaying(!playing)
  }
  return (
    <section class="replay" aria-label="Replay">
      <h3>Replay</h3>
      <p class="buttons">
        <button type="button" onClick={play}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <input
          type="range"
          min={0}
          max={chunks.length}
          value={at}
          aria-label="Chunks that have arrived"
          aria-valuetext={`${at} of ${chunks.length} chunks, after ${duration(ms)}`}
          onInput={event => {
            setPlaying(false)
            setAt(event.currentTarget.valueAsNumber)
          }}
        />
        <span class="amount">
          {at} of {chunks.length} chunks, {duration(ms)}
        </span>
      </p>
      <Code text={textOfEvents(raw) || raw} />
    </section>
  )
}
