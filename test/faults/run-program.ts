/** Runs a program of this folder as a user does: by Node, as a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Outcome {
  /** The exit status; null if it did not end in time and was ended. */
  status: number | null
  stdout: string
  stderr: string
}

export interface HowToRun {
  /** Flags of Node's. */
  flags?: readonly string[]
  env?: Record<string, string>
  /** What comes before `node` on the command line. */
  under?: readonly string[]
  /** Through `in-terminal.ts` or `in-app.ts`: as `forkscope run` or the app does. */
  by?: 'in-terminal' | 'in-app' | undefined
  /** Reads one line of both streams together, and the rest a second later, through a pipe as a shell makes it. */
  slowly?: boolean
}

/** Long enough for whatever else the machine does; it is a program that hangs that is ended. */
const PATIENCE_MS = 60_000

const SLOWLY = '{ "$@" 2>&1; echo $? >&3; } | { IFS= read -r line; sleep 1; printf "%s\\n" "$line"; cat; }'

/** @param program a file of this folder, without its `.ts` */
export async function runProgram(program: string, how: HowToRun = {}): Promise<Outcome> {
  const { flags = [], env = {}, under = [], by, slowly } = how
  const file = join(import.meta.dirname, `${by ?? program}.ts`)
  const node = [process.execPath, '--conditions=forkscope-source', ...flags, file, ...(by ? [program] : [])]
  const [command = '', ...args] = [...(slowly ? ['sh', '-c', SLOWLY, 'sh'] : []), ...under, ...node]
  // A group of its own, so that all of it can be ended.
  const child = spawn(command, args, {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const [, stdout, stderr, told] = child.stdio
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), PATIENCE_MS)
  const [said, complained, status] = await Promise.all([
    text(stdout as NodeJS.ReadableStream),
    text(stderr as NodeJS.ReadableStream),
    text(told as NodeJS.ReadableStream),
    once(child, 'close'),
  ])
  clearTimeout(timer)
  return { status: slowly ? Number(status) : child.exitCode, stdout: said, stderr: complained }
}
