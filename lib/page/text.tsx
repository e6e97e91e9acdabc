import { useState } from 'preact/hooks'
import { visibleParts } from './visible'

/** Of a long text so much is shown until more is asked for: a browser lays out no 10 MB at once. */
const SHOWN_AT_ONCE = 100_000

/** A text from the wire: only ever text, and nothing in it hides. */
export function Text({ text }: { readonly text: string }) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE)
  const more = text.length - shown
  return (
    <>
      {visibleParts(text.slice(0, shown)).map(part =>
        part.mark ? <mark title="a character that is not to be seen">{part.text}</mark> : part.text,
      )}
      {more > 0 && (
        <button type="button" class="more" onClick={() => setShown(shown + 10 * SHOWN_AT_ONCE)}>
          {more.toLocaleString('en-US')} more characters
        </button>
      )}
    </>
  )
}
