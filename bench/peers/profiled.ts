import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

/** Profiles from here on, and not what came before, as `--cpu-prof` would. Returns what ends it and writes the file. */
export function startProfile(file: string): () => void {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: 200 })
  session.post('Profiler.start')
  return () =>
    session.post('Profiler.stop', (_, { profile }) => {
      writeFileSync(file, JSON.stringify(profile))
    })
}
