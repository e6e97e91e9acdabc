import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { paired, report } from './measure'

const ROOT = join(__dirname, '..')

/** What `--require interceptor/register` adds to the start of a process that makes no call. */
export async function run(): Promise<void> {
  const env = {
    ...process.env,
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  }
  const start = (...args: string[]) => {
    return async () => {
      execFileSync(process.execPath, [...args, '-e', '0'], { cwd: ROOT, env, stdio: 'ignore' })
    }
  }
  const bare = await paired(9, start(), start('--require', 'interceptor/register'))
  const traced = await paired(9, start('--require', 'dd-trace/init'), start('--require', 'interceptor/register'))
  report('start of a process that makes no call', {
    node: `${bare.a.toFixed(0)} ms`,
    'node --require dd-trace/init': `${traced.a.toFixed(0)} ms`,
    'node --require interceptor/register': `${bare.b.toFixed(0)} ms`,
    'beyond dd-trace': `${(traced.b - traced.a).toFixed(0)} ms (median ratio ${traced.ratio.toFixed(2)})`,
  })
}

if (require.main === module) void run()
