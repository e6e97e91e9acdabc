import { VIEWS } from './views'

/** What a key does to the page. */
export interface Moves {
  /** By so many rows. */
  move(by: number): void
  open(): void
  close(): void
  search(): void
  /** To be compared. */
  mark(): void
  /** By its key. */
  view(key: string): void
}

/** Listens for the keys of the page. Gives what ends that. */
export function listenToKeys({ move, open, close, search, mark, view }: Moves): () => void {
  const actions: Readonly<Record<string, () => void>> = {
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    Enter: open,
    '/': search,
    x: mark,
    ...Object.fromEntries(VIEWS.map(([, , key]) => [key, () => view(key)])),
  }
  const heard = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') {
      if (event.target instanceof HTMLElement) event.target.blur()
      close()
      return
    }
    // Where something is typed or chosen, keys are the element's own; what is pressed has two.
    if (isIn(event, 'input, select') || (isIn(event, 'button, summary, a') && PRESS.includes(event.key))) return
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  }
  document.addEventListener('keydown', heard)
  return () => document.removeEventListener('keydown', heard)
}

const PRESS: readonly string[] = ['Enter', ' ']

function isIn({ target }: KeyboardEvent, elements: string): boolean {
  return target instanceof Element && target.closest(elements) !== null
}
