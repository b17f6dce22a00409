/** Stacks of a Python, by `py-spy dump`: nothing runs in the program, which is held for some ten milliseconds. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { CommandResult } from '../../shared/commands.ts'
import type { TreeProcess } from '../process-tree/process-tree.ts'
import { whyRefused } from '../process-tree/reach.ts'
import { findPySpy } from './find-py-spy.ts'
import { refusal } from './read-stack.ts'

const LONGEST_MS = 15_000
const MOST_BYTES = 32 * 1024 * 1024

const threads = z.array(
  z.object({
    thread_id: z.number(),
    thread_name: z.string().nullish(),
    active: z.boolean(),
    owns_gil: z.boolean(),
    frames: z.array(z.object({ name: z.string(), filename: z.string(), line: z.number() })),
  }),
)

export async function readPythonStack({ pid, uid }: TreeProcess): Promise<CommandResult> {
  const pySpy = findPySpy({ pid, uid })
  if (pySpy === null) {
    return refusal('To see the stack of a Python, install py-spy ("pip install py-spy"), and ask again.')
  }
  try {
    const { stdout } = await promisify(execFile)(pySpy, ['dump', '--json', '--pid', String(pid)], {
      timeout: LONGEST_MS,
      maxBuffer: MOST_BYTES,
    })
    return { ok: true, value: { text: textOf(threads.parse(JSON.parse(stdout))) } }
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    if (/permission|operation not permitted/i.test(stderr)) return refusal(whyNotRead(uid))
    return refusal(`py-spy could not read its stack: ${lastLine(stderr) || message}`)
  }
}

/** Reading memory needs the same right as seeing what it waits for. */
function whyNotRead(uid: number | null): string {
  return whyRefused(uid).replace(/^What .*? is not seen(?: in full)?:/, 'Its stack cannot be read:')
}

function textOf(found: z.infer<typeof threads>): string {
  return found
    .map(({ thread_id, thread_name, active, owns_gil, frames }) => {
      const state = owns_gil ? 'runs, and has the GIL' : active ? 'runs' : 'waits'
      const calls = frames.map(({ name, filename, line }) => `    ${name} (${filename}:${line})`)
      return [`${thread_name ?? `thread ${thread_id}`}: ${state}`, ...calls].join('\n')
    })
    .join('\n\n')
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
