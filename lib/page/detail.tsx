import { clock } from '../view/amounts'
import { costOf, limitsOf, parametersOf, summaryOf, tagsOf, usageOf } from './facts'
import type { Pair } from './pair'
import { Pairs } from './pairs'
import { Raw } from './raw'
import type { Row } from './row'
import { toolsOf } from './tools'
import { Turns } from './turns'
import { visibleText } from './visible'

interface Props {
  readonly row: Row
  readonly token: string
  /** To be compared with another. */
  readonly marked: boolean
  mark(): void
  close(): void
}

/** One call. */
export function Detail({ row, token, marked, mark, close }: Props) {
  const { call, id, operation, startedAt, process, context } = row
  return (
    <section class="detail" aria-label="Opened call" tabIndex={0}>
      <header>
        <h2>{visibleText(operation)}</h2>
        <p class="buttons">
          <button
            type="button"
            onClick={mark}
            aria-pressed={marked}
            title="Mark two calls to compare them (x, or Ctrl-click in a list)"
          >
            Compare
          </button>
          <button type="button" onClick={close} aria-label="Close (Esc)">
            ✕
          </button>
        </p>
      </header>
      <p class="amount">
        {clock(startedAt)}, process {process.pid} {visibleText(process.script ?? '')}
        {context?.by === 'request' && `, for ${visibleText(String(context.name ?? ''))}`}
      </p>
      {call === undefined ? (
        <p class="none">This call is still open.</p>
      ) : (
        <>
          {call.error !== undefined && (
            <p class="error" role="note">
              {visibleText(`${call.error.class}: ${call.error.message}`)}
            </p>
          )}
          <h3>Conversation</h3>
          <Turns call={call} />
          <Facts title="Tools" pairs={toolsOf(call)} />
          <Facts title="Parameters" pairs={parametersOf(call)} />
          <Facts title="Usage" pairs={usageOf(call)} />
          <Facts title="Cost" pairs={costOf(call)} />
          <Facts title="Call" pairs={summaryOf(call)} />
          <Facts title="Rate limits" pairs={limitsOf(call)} />
          <Facts title="Tags" pairs={tagsOf(call)} />
          <Raw key={id} id={id} token={token} />
        </>
      )}
    </section>
  )
}

function Facts({ title, pairs }: { readonly title: string; readonly pairs: readonly Pair[] }) {
  if (pairs.every(([, value]) => value === '')) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <Pairs pairs={pairs} />
    </section>
  )
}
