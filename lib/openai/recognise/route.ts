/** One operation. */
export interface Route {
  /** The operation id of OpenAI's API description. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Under the API's base, parameters in braces: `/files/{file_id}/content`. */
  readonly path: string
  /** What its bodies look like: names the reader. */
  readonly family: string
  /** Where the caller asks for a stream of events, if there is one to ask for. */
  readonly streams: 'never' | 'body' | 'query' | 'websocket'
  /** The field that asks: `stream` but for speech. */
  readonly streamField?: string
  /** Where the request names its model. */
  readonly model: 'none' | 'body' | 'path' | 'query'
  /** The field or parameter that names it; dots lead into objects. */
  readonly modelField?: string
  /**
   * The path's first parameter may take several segments: it is a model's name, and SDKs up to openai-node 4 and other
   * servers' users leave its slashes as they are (`/models/meta-llama/Llama-3`).
   */
  readonly wide?: true
  /** What the query must say to mean this operation and not its plain sibling. */
  readonly query?: 'beta=true'
  /** The answer is a file, whatever type it is served under: only its size is ours to read. */
  readonly file?: true
  /**
   * It uses the tokens that its answer tells of. Other answers tell again what another call has used: a stored response,
   * a batch, a run that is polled, a session's running total.
   */
  readonly spends: boolean
  /** Not in the current API description. */
  readonly legacy?: true
  /** Not in the API description yet: only the SDK calls it. */
  readonly newest?: true
}

export type RouteRow = Omit<Route, 'family'>
type Particulars = Partial<Omit<RouteRow, 'id' | 'method' | 'path'>>

/** Rows of a method. What can be streamed from a question in the body spends; else the row says so. */
function row(method: Route['method']): (path: string, id: string, particulars?: Particulars) => RouteRow {
  return (path, id, { streams = 'never', model = 'none', spends = streams === 'body', ...rest } = {}) => ({
    id,
    method,
    path,
    streams,
    ...(streams === 'body' || streams === 'query' ? { streamField: 'stream' } : {}),
    model,
    ...(model === 'none' ? {} : { modelField: model === 'path' ? firstParameter(path) : 'model' }),
    spends,
    ...rest,
  })
}

function firstParameter(path: string): string {
  return path.slice(path.indexOf('{') + 1, path.indexOf('}'))
}

export const get = row('GET')
export const post = row('POST')
export const del = row('DELETE')
