import * as assert from 'uvu/assert'
import { createHosts } from '../lib/openai/recognise/hosts'
import { match, templateOf } from '../lib/openai/recognise/match'

export interface Settings {
  hosts?: string[]
  openaiBaseUrl?: string
  azureEndpoint?: string
}

/** What a request is recognised as: `operation @ api base`, and whatever else is known. */
export function seen(request: string, { hosts = [], openaiBaseUrl, azureEndpoint }: Settings = {}): object | undefined {
  const [, method = '', origin = '', path = ''] = /^(\w+) (\w+:\/\/[^/]*)(.*)$/s.exec(request) ?? []
  const known = createHosts({ hosts, openaiBaseUrl, azureEndpoint }, line => assert.unreachable(line))
  const place = known.find(origin, path)
  if (place === undefined) return undefined
  const found = match(method, place.operationPath, place.query)
  const { base, type, version, provider } = place.api
  return JSON.parse(
    JSON.stringify({
      op: found?.route.id ?? `${method} ${templateOf(place.operationPath, place.isUnderV1)}`,
      base,
      azure: type === 'azure' || undefined,
      version,
      provider,
      deployment: place.deployment,
    }),
  )
}

export const OPENAI = 'https://api.openai.com/v1'
export const AZURE = 'https://x.openai.azure.com'
export const GATEWAY = 'https://gw.example.com'
