/** The start of a child as far as it is the same for all: a Node that has loaded the library and waits to be told what it is. */
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { MultiprocessingError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import type { Run } from '../run/run.ts'
import { Channel } from '../wire/channel.ts'
import { cacheFolder } from './cache-folder.ts'
import { guard } from './guardian.ts'
import { type NodeCommand, nodeCommand } from './node-command.ts'
import { ownModule } from './own-module.ts'
import { SPARE } from './start-header.ts'
import { hasCome, isComing } from './starts.ts'
import { lackOfFiles, whyNotStarted } from './why-not-started.ts'

export interface SpawnedChild {
  readonly process: ChildProcess
  readonly pid: number
  /** What was started. */
  readonly file: string
  /** Connected; who takes the child over sets its listener. */
  readonly channel: Channel
}

/** @returns how a child of this run would be started right now */
export function childCommand(run: Run): NodeCommand {
  return nodeCommand(run.nodePath, fileURLToPath(ownModule('child/entry')))
}

/**
 * @param name what it is called in the error
 * @throws MultiprocessingError if the system cannot start it; nothing is left of it then
 */
export function spawnChild(run: Run, name: string, { spare = false }: { spare?: boolean } = {}): SpawnedChild {
  const { file, args, env } = childCommand(run)
  const output = run.observed ? 'pipe' : 'inherit'
  try {
    if (lackOfFiles()) throw whyNotStarted(name, file)
    const child = lazy.childProcess.spawn(file, [...args, cacheFolder(), ...(spare ? [SPARE] : [])], {
      stdio: ['ignore', output, output, 'pipe'],
      env,
      windowsHide: true,
    })
    // That it could not be started is found out below; a signal that cannot be sent is for a process that is gone.
    child.on('error', () => {})
    if (child.pid !== undefined) {
      guard(child.pid, run)
      const channel = new Channel(child.stdio[3] as Socket)
      isComing(child)
      channel.onHello = () => hasCome(child)
      child.once('exit', () => hasCome(child))
      return { process: child, pid: child.pid, file, channel }
    }
    for (const stream of child.stdio ?? []) stream?.destroy()
    throw whyNotStarted(name, file)
  } catch (error) {
    throw error instanceof MultiprocessingError ? error : whyNotStarted(name, file, error)
  }
}
