export { type DashboardOptions, dashboard } from './dashboard'
export { monitors } from './monitors'
