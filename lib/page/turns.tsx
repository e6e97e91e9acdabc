import type { Call } from '../openai/call'
import { conversationOf, type Part } from './conversation'
import { Text } from './text'

/** The conversation of a call: what was asked, then what was answered. */
export function Turns({ call }: { readonly call: Call }) {
  const turns = conversationOf(call)
  if (turns.length === 0) return <p class="none">No content was captured.</p>
  return (
    <ol class="turns">
      {turns.map((turn, index) => (
        <li key={index} class={turn.answer ? 'answer' : ''}>
          <h4>
            <Text text={turn.role} />
          </h4>
          {turn.parts.map((part, at) => (
            <PartOf key={at} part={part} />
          ))}
        </li>
      ))}
    </ol>
  )
}

const TITLES = { refusal: 'refusal', reasoning: 'reasoning', call: 'calls', result: 'result' }

function PartOf({ part }: { readonly part: Part }) {
  if (part.is === 'image') return <img src={part.source} alt="as it is in the request" />
  if (part.is === 'text') return <PlainText text={part.text} />
  const title = part.is === 'json' ? '' : TITLES[part.is]
  const name = 'name' in part ? part.name : ''
  return (
    <div class={`part ${part.is}`}>
      {title !== '' && (
        <h5>
          {title} <Text text={name} />
        </h5>
      )}
      {part.is === 'refusal' || part.is === 'reasoning' ? <PlainText text={part.text} /> : <Code text={part.text} />}
    </div>
  )
}

function PlainText({ text }: { readonly text: string }) {
  return (
    <p class="said" dir="auto">
      <Text text={text} />
    </p>
  )
}

export function Code({ text }: { readonly text: string }) {
  return (
    <pre>
      <Text text={text} />
    </pre>
  )
}
