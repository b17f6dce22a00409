/** The start of a child as far as it is the same for all: a Node that has loaded the library and waits to be told what it is. */
import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { LedgerFile } from '../child/ledger.ts'
import { MultiprocessingError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import type { Run } from '../run/run.ts'
import { Channel } from '../wire/channel.ts'
import { createMemoryFile } from '../wire/nameless-file.ts'
import { SharedBuffer } from '../wire/shared-buffer.ts'
import { guard } from './guardian.ts'
import { type NodeCommand, nodeCommand } from './node-command.ts'
import { ownModule } from './own-module.ts'

export interface SpawnedChild {
  readonly process: ChildProcess
  readonly pid: number
  /** Connected; who takes the child over sets its listener. */
  readonly channel: Channel
  /** Whether it has memory that it shares with this process. */
  readonly shares: boolean
  /** What the child notes for this process; undefined where there can be no such file. */
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
export function spawnChild(run: Run, name: string, { spare = false }: { spare?: boolean } = {}): SpawnedChild {
  const { file, args, env } = childCommand(run)
  const output = run.observed ? 'pipe' : 'inherit'
  const ledger = LedgerFile.create()
  const shared = createMemoryFile()
  let reason: unknown
  try {
    const child = lazy.childProcess.spawn(file, spare ? [...args, SPARE] : args, {
      stdio: ['ignore', output, output, 'pipe', ledger?.fd ?? 'ignore', shared ?? 'ignore'],
      env,
      windowsHide: true,
    })
    child.on('error', (error) => (reason = error))
    if (child.pid !== undefined) {
      guard(child.pid)
      const channel = new Channel(child.stdio[3] as Socket)
      if (shared !== undefined) channel.share(new SharedBuffer(shared, 'parent'))
      return { process: child, pid: child.pid, channel, ledger, shares: shared !== undefined }
    }
  } catch (error) {
    reason = error
  }
  ledger?.close()
  if (shared !== undefined) closeSync(shared)
  throw new MultiprocessingError(
    `The process ${name} could not be started with ${file}${reason instanceof Error ? `: ${reason.message}` : ''}. ` +
      'Check that this is a Node that can be run, and that the system has processes left.',
  )
}
