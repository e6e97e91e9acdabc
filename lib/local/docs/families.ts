import { ROUTES } from '../../openai/recognise/routes'

/** What is told of a group of families, beside operation, endpoint, ids, status and errors. */
export interface FamilyGroup {
  readonly name: string
  /** Families that are it or begin with it and a dot; each belongs to the first group that has it. */
  readonly families: string
  readonly asked: string
  readonly answered: string
}

/** The README's table of families. A test holds it against the route table: none is left out. */
export const GROUPS: readonly FamilyGroup[] = [
  {
    name: 'chat completions',
    families: 'chat',
    asked: 'parameters, messages, tools count',
    answered: 'choices, tool calls, refusals, usage; streams folded',
  },
  {
    name: 'responses',
    families: 'responses',
    asked: 'instructions, input items, tools, reasoning, background',
    answered: 'output items, refusals, calls, reasoning summaries, status, usage; streams folded',
  },
  {
    name: 'completions, edits, engines',
    families: 'completions edits engines answers classifications',
    asked: 'parameters, prompt or instruction and input',
    answered: 'choices, usage; streams folded',
  },
  {
    name: 'embeddings',
    families: 'embeddings',
    asked: 'input, dimensions',
    answered: 'count, length of a vector, usage',
  },
  {
    name: 'images',
    families: 'images content_provenance_checks',
    asked: 'prompt, file names, size, quality',
    answered: 'count, URLs, `b64_json: returned`, usage; streams folded',
  },
  {
    name: 'audio',
    families: 'audio',
    asked: 'file name, language, prompt; text to speak',
    answered: 'text (JSON, srt, vtt, plain), duration, segments; bytes of speech; streams folded',
  },
  {
    name: 'moderations, decisions, safety',
    families: 'moderations decisions safety',
    asked: 'input, questions',
    answered: 'flagged, categories and scores; verdicts and how sure they are; usage',
  },
  {
    name: 'agents and their sessions',
    families: 'agents',
    asked: 'model, instructions, input, tool results',
    answered: 'text, tool calls, what is asked of you, status; usage of the turns; the session’s live stream folded',
  },
  {
    name: 'models, files, uploads, vector stores',
    families: 'models files uploads vector_stores',
    asked: 'ids, purpose, file name',
    answered: 'status, sizes, counts',
  },
  {
    name: 'fine-tunes, fine-tuning jobs, batches, evals',
    families: 'fine-tunes fine_tuning batches evals',
    asked: 'model, files, hyperparameters',
    answered: 'status, counts, results, errors',
  },
  {
    name: 'assistants, threads, runs, conversations',
    families: 'assistants threads conversations',
    asked: 'instructions, messages',
    answered: 'messages, status, usage; streams folded',
  },
  {
    name: 'containers, videos, realtime and live sessions, ChatKit, skills',
    families: 'containers videos realtime live chatkit skills',
    asked: 'model, prompt, size',
    answered: 'status, ids, sizes',
  },
  {
    name: 'vaults, webhook endpoints',
    families: 'vaults webhook_endpoints',
    asked: 'name, kinds',
    answered: 'ids, counts; never a secret or an address',
  },
  {
    name: 'organization and projects',
    families: 'organization projects',
    asked: 'ids',
    answered: 'object, ids, counts; never a key’s value',
  },
]

/** The group that tells of a family. */
export function groupOf(family: string): FamilyGroup | undefined {
  return GROUPS.find(({ families }) =>
    families.split(' ').some(name => family === name || family.startsWith(`${name}.`)),
  )
}

/** How many operations a group has. */
export function operationsOf(group: FamilyGroup): number {
  return ROUTES.filter(({ family }) => groupOf(family) === group).length
}

/** How many operations there are, and of which age. */
export function operationsLine(): string {
  const newest = ROUTES.filter(route => route.newest).length
  const legacy = ROUTES.filter(route => route.legacy).length
  const described = ROUTES.length - newest - legacy
  return (
    `All ${ROUTES.length} operations of the API (${described} of its description, ${newest} that only the newest SDK ` +
    `has yet, ${legacy} older ones) are recognised.`
  )
}
