import { epochNow } from '../../clock'
import { callContext } from '../../context'
import type { Opening } from '../../transport/exchange'
import type { CallStart } from '../call'
import type { Recognised } from '../read/read'
import { readerFor } from '../readers'
import type { Place } from './hosts'
import { match, templateOf } from './match'
import type { Route } from './routes'

const LONGEST_MODEL = 200

/** What a request to a place of ours is, or nothing if the app keeps it from us. Runs on the app's stack. */
export function recognise(place: Place, opening: Opening, context?: 'unknown'): Recognised | undefined {
  const { method, path } = opening
  const { tags, suppressed } = callContext()
  if (suppressed) return undefined

  const found = match(method, place.operationPath, place.query)
  const template = found?.endpoint ?? templateOf(place.operationPath, place.isUnderV1)
  const pathModel = place.deployment ?? modelIn(found?.params, place.query, found?.route)
  const start: CallStart = {
    operation: found?.route.id ?? `${method.toUpperCase()} ${template}`,
    endpoint: template,
    method: method.toUpperCase(),
    family: found?.route.family ?? 'unknown',
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
    params: found?.params ?? new Map(),
    query: place.query,
    path: withoutQuery(path),
    modelField: (found?.route.model === 'body' && found.route.modelField) || 'model',
    answersFile: found?.route.file ?? false,
    ...(pathModel === undefined ? {} : { pathModel }),
  }
}

function modelIn(params: ReadonlyMap<string, string> | undefined, query: string, route?: Route): string | undefined {
  const { model, modelField = '' } = route ?? {}
  if (model === 'query') return new URLSearchParams(query).get(modelField) ?? undefined
  return params?.get(modelField) ?? params?.get('engine_id')
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/)
  return end < 0 ? path : path.slice(0, end)
}
