/** Does a name match what `condense` wrote down: any of the patterns that spaces part? The name is lower-case. */
export function matches(patterns: string, name: string): boolean {
  return patterns.split(' ').some(all => all.split('&').every(pattern => fits(pattern, name)))
}

function fits(pattern: string, name: string): boolean {
  if (pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/'))
    return new RegExp(pattern.slice(1, -1)).test(name)
  const starts = pattern.startsWith('*')
  const ends = pattern.endsWith('*')
  if (starts && ends) return name.includes(pattern.slice(1, -1))
  if (starts) return name.endsWith(pattern.slice(1))
  return ends ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
