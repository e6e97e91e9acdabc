import type { TagName } from '../sinks/metrics/catalogue'
import { tagName } from '../sinks/metrics/tag-value'
import type { TemplateVariableJson } from './json'

/** What the whole dashboard can be narrowed by, at its top: name of the variable, and the tag that it is of. */
const DASHBOARD_VARIABLES: Readonly<Record<string, TagName>> = {
  env: 'env',
  service: 'service',
  version: 'version',
  model: 'openai.request.model',
  organization: 'openai.organization.name',
  key: 'openai.user.api_key',
}

export interface Variables {
  readonly json: TemplateVariableJson[]
  /** `$env`, `$service` …: what every query is filtered by. */
  readonly scope: readonly string[]
}

/** The variables, and one for each of the app's own tags. */
export function variables(ownTags: readonly string[]): Variables {
  const own = ownTags.map(tag => [nameFor(tag), tag] as const)
  const all = [...Object.entries(DASHBOARD_VARIABLES), ...own]
  return {
    json: all.map(([name, prefix]) => ({ name, prefix, available_values: [], default: '*' })),
    scope: all.map(([name]) => `$${name}`),
  }
}

/** The names that keys of `withTags` have on metrics; those that cannot have one are left out. */
export function ownTagNames(keys: readonly string[]): string[] {
  return [...new Set(keys.map(tagName).filter(name => name !== undefined))]
}

/** A variable's name is letters, digits and underscores. */
function nameFor(tag: string): string {
  const name = tag.replace(/\W/g, '_')
  return Object.hasOwn(DASHBOARD_VARIABLES, name) ? `own_${name}` : name
}
