/** How the agent comes into Python programs that are started: by PYTHONPATH, whose `sitecustomize` Python imports before the program. */
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../multiprocessing/process/cache-folder.ts'

/** Where the agent is, in `src` and where it is built: what is put together lies as deep as this module does. */
export const AGENT_FOLDER = fileURLToPath(new URL('../../sources/python/agent', import.meta.url))

type Environment = Record<string, string | undefined>

/**
 * @param folder of the agent, `AGENT_FOLDER` or a copy of it
 * @returns the environment with the agent's folder in front of what the user has in PYTHONPATH, and with the user's own folder for what the
 * agent compiles, where there is one. `AGENT_VARIABLES` are left to whoever starts the run.
 */
export function pythonEnvironment(env: Environment, folder: string = AGENT_FOLDER): Environment {
  const theirs = (env.PYTHONPATH ?? '').split(delimiter).filter((entry) => entry !== folder)
  const isUnset = theirs.every((entry) => entry === '')
  const PYTHONPATH = isUnset ? folder : [folder, ...theirs].join(delimiter)
  const kept = cacheFolder()
  return { ...env, PYTHONPATH, ...(kept === '' ? {} : { FORKSCOPE_CACHE: kept }) }
}
