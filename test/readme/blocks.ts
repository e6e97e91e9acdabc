/** A fenced block of a Markdown text. */
export interface Block {
  readonly language: string
  readonly text: string
  /** Of its first line, from 1. */
  readonly line: number
}

const FENCE = /^( *)```(\S*)\s*$/

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: { language: string; line: number; indent: number; lines: string[] } | undefined
  for (const [i, line] of markdown.split('\n').entries()) {
    const [, indent = '', language = ''] = FENCE.exec(line) ?? [undefined]
    if (open === undefined) {
      if (FENCE.test(line)) open = { language, line: i + 2, indent: indent.length, lines: [] }
    } else if (FENCE.test(line)) {
      blocks.push({ language: open.language, line: open.line, text: `${open.lines.join('\n')}\n` })
      open = undefined
    } else {
      open.lines.push(line.slice(open.indent))
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} has no end`)
  return blocks
}
