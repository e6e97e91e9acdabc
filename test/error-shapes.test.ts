import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CallError } from '../lib/openai/call'
import { field, isObject, type Json, str } from '../lib/openai/json'
import { bodyError, httpError } from '../lib/openai/read/errors'
import { failureIn } from '../lib/openai/readers/failure'
import type { Payload } from '../lib/openai/readers/reader'

/**
 * Every dress that servers put an error in, by status: what is told must not hang on the dress. With a status of 200 it
 * is the body of a success that is read, else an error's.
 */
type Row = readonly [name: string, status: number, body: Json, expected: Readonly<Record<string, string | null>> | null]

const rows: readonly Row[] = JSON.parse(readFileSync(join(__dirname, 'data', 'error-shapes.json'), 'utf8'))

const shapes = suite('errors in every dress')

function payloadOf(body: Json): Payload {
  const text = str(field(body, '$text'))
  if (text !== undefined) return { kind: 'text', text }
  return isObject(body) && body.$none === true ? { kind: 'none' } : { kind: 'json', value: body }
}

function read(status: number, body: Json): CallError | undefined {
  if (status >= 400) return httpError(status, payloadOf(body))
  const failure = failureIn(body)
  return failure && bodyError(failure, false)
}

for (const [name, status, body, expected] of rows) {
  shapes(`${status} ${name}`, () => {
    const error = read(status, body)
    const told =
      expected === null ? null : Object.fromEntries(Object.keys(expected).map(key => [key, said(error, key)]))
    assert.equal(expected === null ? (error ?? null) : told, expected)
  })
}

function said(error: CallError | undefined, key: string): Json {
  return field(error, key) ?? null
}

shapes('all of them bound what they take over', () => {
  const long = 'x'.repeat(100_000)
  const dresses: Json[] = [
    { error: { message: long, type: long, code: long, param: long } },
    { error: long },
    { detail: [{ msg: long, loc: [long], type: long }] },
    { message: { detail: [{ msg: long }] }, type: long },
    { Message: long, __type: long },
    { $text: long },
    { $text: `<html><title>${long}</title>` },
    { message: Array.from({ length: 10_000 }, () => long) },
  ]
  for (const body of dresses) {
    const { message, type = '', code = '', param = '' } = httpError(400, payloadOf(body))
    assert.ok(message.length <= 4000, `${message.length}`)
    for (const word of [type, code, param]) assert.ok(word.length <= 200, `${word.length}`)
  }
  for (const body of [{ error: { message: long, code: long } }, { choices: [{ error: { message: long } }] }]) {
    assert.ok((failureIn(body)?.message.length ?? 0) <= 4000)
  }
})

shapes('the same object is told alike by an error answer and in the body of a success', () => {
  const error = { message: 'Prompt is too long', type: 'invalid_request_error', code: 'x', param: 'input' }
  const { class: _, ...answered } = httpError(400, { kind: 'json', value: { error } })
  const { class: __, ...told } = bodyError(failureIn({ error }) ?? { message: '' }, true)
  assert.equal(told, answered)
})

shapes('a body of errors in errors is read in time linear in its size, and no deeper than it means', () => {
  let body: Json = { message: 'deep' }
  for (let depth = 0; depth < 10_000; depth += 1) body = { error: body, detail: body, errors: [body] }
  assert.is(httpError(500, { kind: 'json', value: body }).message, 'HTTP 500')
})

shapes.run()
