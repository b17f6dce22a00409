/** What a process is in just now: each of its threads' calls, innermost first, as text. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { CommandResult } from '../../shared/commands.ts'
import type { TreeProcess } from '../process-tree/process-tree.ts'
import { readNodeStack } from './node-stack.ts'
import { readPythonStack } from './python-stack.ts'

/** Which of those whose stacks can be read it is. */
export function runtimeOf({ pid, executable }: Pick<TreeProcess, 'pid' | 'executable'>): 'python' | 'node' | null {
  const name = basename(executable ?? '')
  if (/^(?:python|pypy)/.test(name)) return 'python'
  if (/^node(?:js)?$/.test(name)) return 'node'
  try {
    return /\/libpython[\d.]*\w*\.so/.test(readFileSync(`/proc/${pid}/maps`, 'latin1')) ? 'python' : null
  } catch {
    return null
  }
}

/**
 * @param openInspector of a Node, its inspector may be opened for a moment
 * @returns the stacks as `text`; else why there are none and what one can do, in a sentence or two
 */
export async function readStack(process: TreeProcess, openInspector: boolean): Promise<CommandResult> {
  if (process.doing.state === 'ended') return refusal('It has ended already.')
  if (process.doing.state === 'stopped') return refusal('It is stopped: let it go on to see its stack.')
  const runtime = runtimeOf(process)
  if (runtime === 'python') return readPythonStack(process)
  if (runtime === 'node') return readNodeStack(process, openInspector)
  if (process.executable === null)
    return refusal(process.unseen || 'What it runs is not seen, and so its stack is not.')
  return refusal(`Stacks are read of Python and of Node. By the kernel: ${process.doing.words}.`)
}

export function refusal(message: string, code: 'conflict' | 'ask' = 'conflict'): CommandResult {
  return { ok: false, code, message }
}
