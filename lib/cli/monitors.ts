import type { AddCommand } from './command'

const loadDashboards: () => typeof import('../dashboards') = () => require('../dashboards')

export const addMonitors: AddCommand = (program, { print }) => {
  program
    .command('monitors')
    .summary('prints Datadog monitors as JSON')
    .description('Prints Datadog monitors as a JSON list.')
    .allowExcessArguments(false)
    .action(() => print(JSON.stringify(loadDashboards().monitors(), null, 2)))
}
