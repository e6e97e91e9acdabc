const COLORS: Readonly<Record<string, string>> = {
  1: 'font-weight:700',
  2: 'color:#8b949e',
  31: 'color:#ff7b72',
  32: 'color:#7ee787',
  33: 'color:#e3b341',
  35: 'color:#d2a8ff',
  36: 'color:#79c0ff',
}

/** A text with the colours of `lib/view/terminal.ts` as a page that looks like a terminal. */
export function terminalPage(text: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: #0d1117; }
    pre { display: inline-block; margin: 0; padding: 18px 22px; color: #e6edf3; font: 13px/1.5 'DejaVu Sans Mono', monospace; }
  </style><pre>${coloured(text)}</pre>`
}

function coloured(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins a colour
  return escaped(text).replace(/\x1b\[(\d+)m/g, (_, code: string) => {
    const style = COLORS[code]
    return style === undefined ? '</span>' : `<span style="${style}">`
  })
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
