import { epochNow } from '../../clock'
import { callContext } from '../../context'
import { Recent } from '../../remembered'
import type { Opening } from '../../transport/exchange'
import type { CallStart } from '../call'
import { paramsOf } from '../params'
import type { Recognised } from '../read/read'
import { readerFor } from '../readers'
import type { Place } from './hosts'
import { match, templateOf } from './match'
import type { Route } from './routes'

const LONGEST_MODEL = 200
const NO_PARAMS: ReadonlyMap<string, string> = new Map()

/** As with places (`hosts.ts`): the same few again and again. */
const operations = new Recent<Operation>(100, 300)

/** What a request to a place of ours is, or nothing if the app keeps it from us. Runs on the app's stack. */
export function recognise(place: Place, opening: Opening, context?: 'unknown'): Recognised | undefined {
  const { method, path } = opening
  const { tags, suppressed } = callContext()
  if (suppressed) return undefined

  const { route, params, endpoint } = operations.of(`${method} ${place.operationPath}?${place.query}`, () =>
    operationAt(method, place),
  )
  const pathModel = place.deployment ?? modelIn(params, place.query, route)
  const start: CallStart = {
    operation: route?.id ?? `${method.toUpperCase()} ${endpoint}`,
    endpoint,
    method: method.toUpperCase(),
    family: route?.family ?? 'unknown',
    api: place.api,
    startedAt: epochNow(),
    tags,
    ...(pathModel === undefined ? {} : { model: pathModel.slice(0, LONGEST_MODEL) }),
    ...(context === undefined ? {} : { context }),
    ...(opening.asksForSocket === true ? { outlives: true } : {}),
  }
  return {
    start,
    reader: readerFor(start.family, start.operation),
    params: params ?? NO_PARAMS,
    query: place.query,
    path: withoutQuery(path),
    modelField: (route?.model === 'body' && route.modelField) || 'model',
    answersFile: route?.file ?? false,
    ...(pathModel === undefined ? {} : { pathModel }),
  }
}

interface Operation {
  readonly route?: Route
  readonly params?: ReadonlyMap<string, string>
  readonly endpoint: string
}

function operationAt(method: string, { operationPath, query, isUnderV1 }: Place): Operation {
  return match(method, operationPath, query) ?? { endpoint: templateOf(operationPath, isUnderV1) }
}

function modelIn(params: ReadonlyMap<string, string> | undefined, query: string, route?: Route): string | undefined {
  const { model, modelField = '' } = route ?? {}
  if (model === 'query') return paramsOf(query).get(modelField) ?? undefined
  return params?.get(modelField) ?? params?.get('engine_id')
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/)
  return end < 0 ? path : path.slice(0, end)
}
