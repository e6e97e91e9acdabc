import { readConfig } from '../config'
import type { AddCommand } from './command'

const loadDashboards: () => typeof import('../dashboards') = () => require('../dashboards')

export const addDashboard: AddCommand = (program, { print }) => {
  program
    .command('dashboard')
    .summary('prints a Datadog dashboard as JSON')
    .description('Prints a Datadog dashboard of the metrics and logs as JSON.')
    .allowExcessArguments(false)
    .action(() => print(JSON.stringify(loadDashboards().dashboard(readConfig()), null, 2)))
}
