import type { Call, Usage } from '../call'
import { at, field, type Json, str } from '../json'
import { isKept } from '../read/gateway'
import type { ReadCall } from '../read/read'
import type { PriceInput } from '.'
import { quantitiesOf } from './quantities'
import { isUsual, type Tier } from './tiers'
import { told, toldCost } from './told'
import { drawn, type ToolUse, toolUses } from './tool-use'

/** All of a call that its cost depends on. */
export function priceInputOf(call: Call, usage: Usage | undefined, reading: ReadCall): PriceInput {
  const { family, operation } = call
  const { request, response } = reading
  const model = call.responseModel ?? call.model
  const tier = tierOf(call, response)
  const said = toldBy(reading)
  const tools = operation === 'CreateContainer' ? [container(response)] : toolUses({ family, model, request, response })
  return {
    api: call.api,
    host: call.http.host,
    operation,
    family,
    at: call.startedAt,
    tools,
    quantities: quantitiesOf({ family, facts: call.request, request, response }),
    ...(usage === undefined ? {} : { usage: family === 'images' ? drawn(usage) : usage }),
    ...(model === undefined ? {} : { model }),
    ...(tier === undefined ? {} : { tier }),
    ...(said === undefined ? {} : { told: said }),
  }
}

/** The nearest server's word: it is the one that is paid. Before a stream no header can know: there 0 says nothing. */
function toldBy({ call, headers: { gateway }, response }: ReadCall): PriceInput['told'] {
  if (isKept(gateway, response)) return told(0)
  const { usd } = gateway
  return usd === undefined || (usd === 0 && call.stream !== undefined) ? toldCost(response) : told(usd)
}

/** Where an answer says in which tier it was given: OpenAI's, Anthropic's (whose fast mode has another name), Vertex's. */
const TIER_PLACES: readonly (readonly string[])[] = [
  ['service_tier'],
  ['usage', 'service_tier'],
  ['usage', 'speed'],
  ['usage', 'extra_properties', 'google', 'traffic_type'],
]

function tierOf({ serviceTier }: Call, response: Json | undefined): Tier | undefined {
  const told = TIER_PLACES.flatMap(path => str(at(response, ...path))?.toLowerCase() ?? [])
  const confirmed = told.find(name => !isUsual(name)) ?? told[0]
  if (confirmed !== undefined) return { name: confirmed, confirmed: true }
  return serviceTier === undefined ? undefined : { name: serviceTier, confirmed: false }
}

function container(response: Json | undefined): ToolUse {
  const memory = str(field(response, 'memory_limit'))
  const ids = [str(field(response, 'id')) ?? '']
  return { tool: 'container', what: 'container', ids, isMade: true, ...(memory === undefined ? {} : { memory }) }
}
