import type { Pair } from './pair'
import { Text } from './text'

/** Names and their values. Those without a value are left out. */
export function Pairs({ pairs }: { readonly pairs: readonly Pair[] }) {
  const told = pairs.filter(([, value]) => value !== '')
  if (told.length === 0) return <p class="none">Nothing.</p>
  return (
    <dl class="pairs">
      {told.map(([name, value], index) => (
        <div key={index}>
          <dt>
            <Text text={name} />
          </dt>
          <dd>
            <Text text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
