import type { DashboardJson } from './json'
import { sections } from './sections'
import { ownTagNames, variables } from './variables'
import { widgetsOf } from './widgets'

export interface DashboardOptions {
  /** Keys of `withTags` that metrics carry (`INTERCEPTOR_METRIC_TAGS`): each gets a filter and its share of the cost. */
  readonly metricTags?: readonly string[]
}

/** The dashboard as Datadog's API and its import take it. */
export function dashboard({ metricTags = [] }: DashboardOptions = {}): DashboardJson {
  const own = ownTagNames(metricTags)
  const { json, scope } = variables(own)
  return {
    title: 'OpenAI at the fetch layer',
    description:
      'Every OpenAI request of your Node.js processes as the wire saw it: errors, speed, tokens, dollars, rate limits and samples. Made by `npx interceptor dashboard`.',
    layout_type: 'ordered',
    reflow_type: 'fixed',
    template_variables: json,
    widgets: widgetsOf(sections(own), scope),
  }
}
