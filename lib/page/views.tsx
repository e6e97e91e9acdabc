/** What of the session the page shows. */
export type View = 'list' | 'waterfall' | 'charts'

export const VIEWS: readonly (readonly [view: View, title: string, key: string])[] = [
  ['list', 'List', '1'],
  ['waterfall', 'Waterfall', '2'],
  ['charts', 'Charts', '3'],
]

interface Props {
  readonly view: View
  show(view: View): void
}

export function Views({ view, show }: Props) {
  return (
    <nav class="views" aria-label="Views">
      {VIEWS.map(([id, title, key]) => (
        <button
          key={id}
          type="button"
          aria-current={id === view ? 'page' : undefined}
          title={`${title} (${key})`}
          onClick={() => show(id)}
        >
          {title}
        </button>
      ))}
    </nav>
  )
}
