/**
 * The stack of a Node that knows nothing of us: SIGUSR1 makes it open its inspector, which tells where it is, also in the middle of a busy loop, and is closed
 * again. It prints that it listens, and that port is open to every user of the machine for that moment.
 */
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandResult } from '../../shared/commands.ts'
import type { TreeProcess } from '../process-tree/process-tree.ts'
import { identityOf } from '../process-tree/process-tree.ts'
import { whyRefused } from '../process-tree/reach.ts'
import { readStart } from '../process-tree/read-text.ts'
import { type Frame, Inspector } from './inspector.ts'
import { readListeningPorts } from './listening-ports.ts'
import { refusal } from './read-stack.ts'

/** Node's own, unless it was started with another. */
const INSPECTOR_PORT = 9_229
const OPENS_WITHIN_MS = 2_000
const CLOSES_WITHIN_MS = 600_000

const SAID_BEFORE =
  'To see where a Node is, its inspector is opened for a moment on a port of this machine (127.0.0.1:9229), which every local user could use meanwhile, and the program prints "Debugger listening".'

/** Inspectors that were asked to open, have not, and are closed if they do. */
const pending = new Set<Promise<void>>()

/** @returns once no inspector can open any more that was asked to from here; null if none can. It keeps no process alive */
export function closingInspectors(): Promise<unknown> | null {
  return pending.size === 0 ? null : Promise.all(pending)
}

export async function readNodeStack(node: TreeProcess, mayOpen: boolean): Promise<CommandResult> {
  const { pid, start, uid } = node
  const me = process.getuid?.()
  if (me !== 0 && uid !== me) {
    return refusal(whyRefused(uid).replace(/^What .*? is not seen(?: in full)?:/, 'Its stack cannot be read:'))
  }
  const before = readListeningPorts(pid)
  const isOpen = before.has(INSPECTOR_PORT)
  if (!isOpen && !mayOpen) return refusal(SAID_BEFORE, 'ask')
  if (!isOpen && !catchesInspectorSignal(pid)) {
    return refusal('It does not take the signal that opens the inspector of a Node (SIGUSR1), which would end it.')
  }
  if (identityOf(pid)?.start !== start) return refusal('It has ended already.')
  if (!isOpen) process.kill(pid, constants.signals.SIGUSR1)
  const port = isOpen ? INSPECTOR_PORT : await openedPort(pid, before)
  if (port === null) {
    const closing = closeWhenOpen(node, before)
    pending.add(closing)
    void closing.finally(() => pending.delete(closing))
    return refusal(
      `Its inspector has not opened: it is in a call that cannot be interrupted, port ${INSPECTOR_PORT} is another's, or the program takes SIGUSR1 itself. By the kernel: ${node.doing.words}. Should it open later, it is closed at once.`,
    )
  }
  return readBy(port, node, !isOpen)
}

async function readBy(port: number, { doing }: TreeProcess, isOurs: boolean): Promise<CommandResult> {
  let inspector: Inspector
  try {
    inspector = await Inspector.connect(port)
  } catch (error) {
    return refusal(`Its inspector on port ${port} does not answer: ${(error as Error).message}`)
  }
  try {
    const frames = await inspector.pause()
    if (frames) return { ok: true, value: { text: textOf(frames) } }
    if (await inspector.isIdle()) {
      return { ok: true, value: { text: 'main: runs nothing, its event loop waits for something to happen' } }
    }
    const left = isOurs ? ` Its inspector stays open on port ${port} until that is over.` : ''
    return refusal(`It is in a call that JavaScript cannot be interrupted in. By the kernel: ${doing.words}.${left}`)
  } catch (error) {
    return refusal(`Its inspector did not tell where it is: ${(error as Error).message}`)
  } finally {
    await inspector.close(isOurs)
  }
}

/** To any other program, or to a Node that was told not to, the signal is the end. */
function catchesInspectorSignal(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readStart(`/proc/${pid}/status`, 'latin1') ?? '')?.[1] ?? '0'
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGUSR1 - 1)) & 1n) === 1n
}

async function openedPort(pid: number, before: ReadonlySet<number>): Promise<number | null> {
  const endMs = performance.now() + OPENS_WITHIN_MS
  while (performance.now() < endMs) {
    for (const port of readListeningPorts(pid)) if (!before.has(port)) return port
    await sleep(5)
  }
  return null
}

/** Who is held in a call opens its inspector once that is over, when nobody asks any more. */
async function closeWhenOpen({ pid, start }: TreeProcess, before: ReadonlySet<number>): Promise<void> {
  const endMs = performance.now() + CLOSES_WITHIN_MS
  while (performance.now() < endMs && identityOf(pid)?.start === start) {
    await sleep(250, undefined, { ref: false })
    const port = [...readListeningPorts(pid)].find((one) => !before.has(one))
    if (port === undefined) continue
    const inspector = await Inspector.connect(port).catch(() => null)
    await inspector?.close(true)
    if (inspector) return
  }
}

function textOf(frames: readonly Frame[]): string {
  const calls = frames.map(({ name, url, line, column }) => `    ${name || '(anonymous)'} (${url}:${line}:${column})`)
  return ['main: runs', ...calls].join('\n')
}
