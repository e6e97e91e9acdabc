import { agentSessions } from './agent-sessions'
import { assistants } from './assistants'
import { speech, transcriptions } from './audio'
import { chat } from './chat'
import { completions } from './completions'
import { conversations } from './conversations'
import { decisions } from './decisions'
import { edits } from './edits'
import { embeddings } from './embeddings'
import { images } from './images'
import { models } from './models'
import { moderations } from './moderations'
import type { Reader } from './reader'
import { GENERIC, resourceReader } from './resources'
import { responses } from './responses'

/** The families that take more than names to read. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['chat.completions', chat],
  ['completions', completions],
  ['embeddings', embeddings],
  ['edits', edits],
  ['images', images],
  ['audio.transcriptions', transcriptions],
  ['audio.translations', transcriptions],
  ['audio.speech', speech],
  ['moderations', moderations],
  ['models', models],
  ['responses', responses],
  ['conversations', conversations],
  ['conversations.items', conversations],
  ['assistants', assistants],
  ['threads', assistants],
  ['threads.messages', assistants],
  ['threads.runs', assistants],
  ['threads.runs.steps', assistants],
  ['agents.sessions', agentSessions],
  ['agents.sessions.events', agentSessions],
  ['decisions', decisions],
])

/** The oldest paths (`/engines/{engine_id}/completions`) put several families under one. */
const OF_ENGINES: ReadonlyMap<string, Reader> = new Map([
  ['createCompletion', completions],
  ['createChatCompletion', chat],
  ['createEmbedding', embeddings],
  ['createEdit', edits],
])

/** The reader of a family of the route table; of one that nobody has described, the generic one. */
export function readerFor(family: string, operation = ''): Reader {
  const ofEngines = family === 'engines' ? OF_ENGINES.get(operation) : undefined
  return ofEngines ?? READERS.get(family) ?? resourceReader(family) ?? GENERIC
}
