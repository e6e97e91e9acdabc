import type { Config } from '../../config'

const PATH = '/api/v2/logs'

/** The site's intake, or what was given instead: an origin is asked at the intake's path, another URL as it is. */
export function logIntakeUrl({ site, logsUrl }: Pick<Config, 'site' | 'logsUrl'>): URL {
  const url = new URL(logsUrl ?? `https://http-intake.logs.${site}`)
  if (url.pathname === '/') url.pathname = PATH
  return url
}
