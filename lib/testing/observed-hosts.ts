import { createHosts, type Hosts } from '../openai/recognise/hosts'

/** Servers that this process itself plays the API with, by `host:port`. */
const played = new Set<string>()

/** Has them recognised in every observation from now on, those under way too. Gives the undo. */
export function addPlayedHost(host: string): () => void {
  played.add(host)
  return () => played.delete(host)
}

/** `host:port` of each. */
export function playedHosts(): readonly string[] {
  return [...played]
}

/** What is recognised in an observation: what it names, what the environment names by now, and what is played. */
export function observedHosts(hosts: readonly string[]): Hosts {
  const named = createHosts({
    hosts: [...hosts],
    openaiBaseUrl: process.env.OPENAI_BASE_URL || undefined,
    azureEndpoint: process.env.AZURE_OPENAI_ENDPOINT || undefined,
  })
  const ours = (): Hosts => createHosts({ hosts: [...played], openaiBaseUrl: undefined, azureEndpoint: undefined })
  return {
    knows: origin => named.knows(origin) || ours().knows(origin),
    find: (...asked) => named.find(...asked) ?? ours().find(...asked),
  }
}
