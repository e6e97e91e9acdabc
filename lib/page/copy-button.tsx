import { useState } from 'preact/hooks'

export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [said, setSaid] = useState('')
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it'),
    )
  }
  return (
    <>
      <button type="button" onClick={copy}>
        {label}
      </button>
      <span role="status">{said}</span>
    </>
  )
}
