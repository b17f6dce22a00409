/** How the agent comes into Node programs that are started: by NODE_OPTIONS, whose `--require` Node loads before the program, in workers too. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the agent is, in `src` and where it is built: what is put together lies as deep as this module does. */
export const NODE_AGENT_FOLDER = fileURLToPath(new URL('../../sources/node/agent', import.meta.url))

type Environment = Record<string, string | undefined>

/** With these Node lets the agent read and write nothing, and without a script, or in Node 20, would refuse to start because of it. */
const REFUSES = /^--(?:experimental-)?permission(?:=|$)/

/**
 * @param folder of the agent, `NODE_AGENT_FOLDER` or a copy of it
 * @returns the environment with the agent in front of what the user has in NODE_OPTIONS. `AGENT_VARIABLES` are left to whoever starts the run.
 */
export function nodeEnvironment(
  env: Environment,
  argv: readonly string[] = [],
  folder: string = NODE_AGENT_FOLDER,
): Environment {
  const ours = `--require ${quoted(join(folder, 'hook.cjs'))}`
  const theirs = env.NODE_OPTIONS ?? ''
  if (theirs.startsWith(ours) || [...argv, ...theirs.split(' ')].some((word) => REFUSES.test(word))) return { ...env }
  return { ...env, NODE_OPTIONS: theirs === '' ? ours : `${ours} ${theirs}` }
}

/** As Node reads it (`ParseNodeOptionsEnvVar`): in double quotes, with a backslash before these and itself. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`
}
