/** The start of a child as far as it is the same for all: a Node that has loaded the library and waits to be told what it is. */
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { LedgerFile } from '../child/ledger.ts'
import { MultiprocessingError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import type { Run } from '../run/run.ts'
import { Channel } from '../wire/channel.ts'
import { guard } from './guardian.ts'
import { type NodeCommand, nodeCommand } from './node-command.ts'
import { ownModule } from './own-module.ts'

export interface SpawnedChild {
  readonly process: ChildProcess
  readonly pid: number
  /** Connected; who takes the child over sets its listener. */
  readonly channel: Channel
  /** What a worker notes its results in; undefined where there can be none. */
  readonly ledger: LedgerFile | undefined
}

/** What a child is called with that is started before anybody needs it. */
export const SPARE = 'spare'

/** @returns how a child of this run would be started right now */
export function childCommand(run: Run): NodeCommand {
  return nodeCommand(run.nodePath, fileURLToPath(ownModule('child/entry')))
}

/**
 * @param name what it is called in the error
 * @throws MultiprocessingError if the system cannot start it
 */
export function spawnChild(
  run: Run,
  name: string,
  { worker, spare = false }: { worker: boolean; spare?: boolean },
): SpawnedChild {
  const { file, args, env } = childCommand(run)
  const output = run.observed ? 'pipe' : 'inherit'
  const ledger = worker ? LedgerFile.create() : undefined
  let reason: unknown
  try {
    const child = lazy.childProcess.spawn(file, spare ? [...args, SPARE] : args, {
      stdio: ['ignore', output, output, 'pipe', ...(ledger ? [ledger.fd] : [])],
      env,
      windowsHide: true,
    })
    child.on('error', (error) => (reason = error))
    if (child.pid !== undefined) {
      guard(child.pid)
      return { process: child, pid: child.pid, channel: new Channel(child.stdio[3] as Socket), ledger }
    }
  } catch (error) {
    reason = error
  }
  ledger?.close()
  throw new MultiprocessingError(
    `The process ${name} could not be started with ${file}${reason instanceof Error ? `: ${reason.message}` : ''}. ` +
      'Check that this is a Node that can be run, and that the system has processes left.',
  )
}
