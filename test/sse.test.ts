import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  eventValue,
  isDone,
  looksLikeEvents,
  parseEvents,
  parseTail,
  type SseEvent,
  SseParser,
} from '../lib/openai/read/sse'

const sse = suite('server-sent events')
const bytes = (text: string): Buffer => Buffer.from(text)
const data = (text: string): string[] => parseEvents(bytes(text)).map(event => event.data)

function inPieces(input: Buffer, ...cuts: number[]): SseEvent[] {
  const parser = new SseParser()
  const events: SseEvent[] = []
  let from = 0
  for (const cut of [...cuts, input.length]) {
    // A chunk of the app's own memory, which it writes over as soon as we have returned.
    const chunk = Buffer.from(input.subarray(from, cut))
    events.push(...parser.push(chunk))
    chunk.fill(0x58)
    from = cut
  }
  return [...events, ...parser.end()]
}

sse('an event ends at an empty line, whichever way lines end', () => {
  for (const eol of ['\n', '\r', '\r\n']) {
    assert.equal(data(['data: {"a":1}', '', 'data: {"a":2}', '', ''].join(eol)), ['{"a":1}', '{"a":2}'])
  }
  assert.equal(data('data: 1\r\rdata: 2\n\ndata: 3\r\n\r\ndata: 4\r\n\n'), ['1', '2', '3', '4'])
})

sse('several data lines are joined by a newline, and one leading space is dropped', () => {
  assert.equal(data('data: one\ndata:two\ndata:  three\ndata\n\n'), ['one\ntwo\n three\n'])
})

sse('the name is read; comments, ids, retry times and unknown fields are skipped', () => {
  const text = ': hello\nid: 7\nretry: 100\nx-other: 1\nevent: thread.created\ndata: {}\n\ndata: {}\n\n'
  assert.equal(
    parseEvents(bytes(text)).map(({ event, data }) => ({ event, data })),
    [
      { event: 'thread.created', data: '{}' },
      { event: undefined, data: '{}' },
    ],
  )
})

sse('an event without data is none', () => {
  assert.equal(data('event: ping\n\n: comment\n\n\n\ndata: x\n\n'), ['x'])
})

sse('a byte order mark at the start is no part of the first field', () => {
  assert.equal(data('\ufeffdata: x\n\n'), ['x'])
  assert.equal(data('data: \ufeffx\n\n'), ['\ufeffx'])
})

sse('[DONE] is the last event, whatever follows', () => {
  const events = parseEvents(bytes('data: 1\n\ndata: [DONE]\n\ndata: 2\n\n'))
  assert.equal(events.map(isDone), [false, true])
})

sse('a last record that was cut off is read only if its data is whole', () => {
  assert.equal(data('data: {"a":1}\n\ndata: {"a":2}'), ['{"a":1}', '{"a":2}'])
  assert.equal(data('data: {"a":1}\n\ndata: {"a":'), ['{"a":1}'])
  assert.equal(data('data: {"a":1}\n\ndata: 12'), ['{"a":1}'])
  assert.equal(data('data: {"a":1}\n\ndata: [DONE]'), ['{"a":1}', '[DONE]'])
})

sse('wherever the bytes are cut, the events are the same', () => {
  const whole = bytes('\ufeffevent: a\r\ndata: {"t":"żółw 🐢"}\r\n\r\n: c\r\rdata: x\ndata: é\n\ndata: {"z":1}\r\n')
  const expected = parseEvents(whole)
  assert.is(expected.length, 3)
  for (let first = 0; first <= whole.length; first += 1) {
    assert.equal(inPieces(whole, first), expected, `cut at ${first}`)
    for (let second = first; second <= whole.length; second += 7) {
      assert.equal(inPieces(whole, first, second), expected, `cut at ${first} and ${second}`)
    }
  }
  assert.equal(inPieces(whole, ...whole.keys()), expected, 'byte by byte')
})

sse('the end of an event is the byte that completed it', () => {
  const text = 'data: ü\n\ndata: 2\r\n\r\n'
  const [first, second] = parseEvents(bytes(text))
  assert.is(first?.end, bytes('data: ü\n\n').length)
  assert.is(second?.end, bytes('data: ü\n\ndata: 2\r\n\r').length)
})

sse('a hundred thousand tiny chunks and one line without end are read', () => {
  const long = bytes(`data: ${'x'.repeat(200_000)}\n\n`)
  const parser = new SseParser()
  const events: SseEvent[] = []
  for (let i = 0; i < long.length; i += 2) events.push(...parser.push(long.subarray(i, i + 2)))
  // Large data stays bytes, to be read in slices.
  assert.is(events[0]?.bytes?.length, 200_000)
})

sse('an event over the bound is left out and counted; the next is read', () => {
  const parser = new SseParser(0, 1000)
  const events = [
    ...parser.push(bytes(`data: ${'x'.repeat(2000)}`)),
    ...parser.push(bytes('yyy\ndata: more\n\ndata: ok\n\n')),
  ]
  assert.equal(
    events.map(event => event.data),
    ['ok'],
  )
  assert.is(parser.oversized, 1)
})

sse('a tail that begins within an event is read from the first empty line on', () => {
  const tail = bytes('"cut":1}\n\ndata: {"b":1}\n\ndata: [DONE]\n\n')
  assert.equal(parseTail(tail), [
    { data: '{"b":1}', end: tail.indexOf('data: [DONE]') },
    { data: '[DONE]', end: tail.length },
  ])
  assert.equal(parseTail(bytes('no end in sight')), [])
  assert.equal(
    parseTail(bytes('x\r\n\r\ndata: 1\r\n\r\n')).map(event => event.data),
    ['1'],
  )
})

sse('a stream is told by its first bytes, whatever its type says', () => {
  const streams = [
    'data: {"a":1}\n\n',
    'event: x\ndata: {}\n\n',
    ': keep-alive\n\n',
    '\ufeffdata: [DONE]\n\n',
    '\n\ndata:{',
  ]
  for (const text of streams) assert.ok(looksLikeEvents(bytes(text)), JSON.stringify(text))
  const others = ['{"data":1}', '', 'data: the new oil', 'event: a party', '<html>', '[1]', '1\n00:00:01,000 --> …\n']
  for (const text of others) assert.not.ok(looksLikeEvents(bytes(text)), JSON.stringify(text))
})

sse('an event as readers take it', () => {
  const value = (data: string, event?: string): unknown =>
    eventValue(event === undefined ? { data, end: 0 } : { event, data, end: 0 })
  assert.equal(value('{"id":"x"}'), { id: 'x' })
  assert.equal(value('{"type":"response.created"}', 'response.created'), { type: 'response.created' })
  assert.equal(value('{"text":"x"}', 'transcript.text.done'), { text: 'x', type: 'transcript.text.done' })
  assert.equal(value('{"id":"run_1","type":"function"}', 'thread.run.step.created'), {
    event: 'thread.run.step.created',
    data: { id: 'run_1', type: 'function' },
  })
  const error = { message: 'no', code: 'server_error' }
  const told = { type: 'error', error }
  assert.equal(value(JSON.stringify({ error }), 'error'), told)
  assert.equal(value(JSON.stringify(error), 'error'), told)
  assert.equal(value('{"type":"error","message":"no"}'), {
    type: 'error',
    error: { type: 'error', message: 'no' },
  })
  assert.is(value('not json'), undefined)
})

sse.run()
