/**
 * No child outlives its parent, even if the parent is ended by SIGKILL and the child is stuck.
 *
 * A child notices the end of its parent by itself, unless it is in a busy loop or stopped. For those there is the guardian:
 * a shell that is told the pids of all children through a pipe. The system closes the pipe when the parent is gone, however
 * it went; the guardian then sends SIGKILL to the children that are left, and ends. It lives as long as there are children.
 *
 * On Windows libuv puts children into a job object that ends them with their parent, so nothing is needed.
 */
import type { ChildProcess } from 'node:child_process'
import { lazy } from '../lazy.ts'
import { clockMs } from '../run/clock.ts'
import { outsideRuns, type Run } from '../run/run.ts'
import { lackOfFiles } from './why-not-started.ts'

/**
 * POSIX sh: keeps the set of living pids as ` 1 2 3 `, of which it is given the first when it is started. Signals meant for the terminal's
 * whole group must not end it early.
 */
const SCRIPT = `trap '' HUP INT TERM QUIT
pids=" $* "
while read -r word pid; do
  case $word in
    add) pids="$pids$pid " ;;
    remove) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
kill -KILL $pids 2>/dev/null
`

/** Before it is tried again to start a guardian that could not be. */
const AGAIN_MS = 1_000

let shell: ChildProcess | null = null
/** The pids, and whose they are. */
const guarded = new Map<number, Run>()
let told = false
let retry: NodeJS.Timeout | undefined

function start(): ChildProcess {
  const startedMs = clockMs()
  const child = outsideRuns(() =>
    lazy.childProcess.spawn('/bin/sh', ['-c', SCRIPT, 'forkscope-guardian', ...[...guarded.keys()].map(String)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      // It needs nothing of it, and the program's may be too large.
      env: {},
    }),
  )
  const again = (error?: Error) => {
    if (shell !== child) return
    shell = null
    // One that somebody ended is replaced at once, but not over and over where none can live.
    if (error || clockMs() - startedMs < AGAIN_MS) notStarted(error)
    else startSoon()
  }
  child.once('error', again)
  child.once('exit', () => again())
  child.stdin?.on('error', () => {})
  child.unref()
  // It is a socket to Node, and must not keep the event loop alive either.
  ;(child.stdin as unknown as { unref?(): void } | null)?.unref?.()
  return child
}

/** Without it only the children's own watch is left. That ends no program, but who relies on it must know. */
function notStarted(error?: Error): void {
  clearTimeout(retry)
  retry = setTimeout(startSoon, AGAIN_MS).unref()
  const [run] = guarded.values()
  if (told || !error || !run) return
  told = true
  const message =
    `The guardian of the processes could not be started (${error.message}); it is tried again. Until then, if this process is ` +
    'ended by SIGKILL, a process of it that is in a loop or stopped goes on.'
  if (run.observed) run.problem(true, { kind: 'guardian-missing', message })
  else process.stderr.write(`${message}\n`)
}

let starting = false

function startSoon(): void {
  if (starting || shell) return
  starting = true
  process.nextTick(() => {
    starting = false
    if (shell || guarded.size === 0) return
    try {
      const lack = lackOfFiles()
      if (lack) throw new Error(`too many open files, ${lack}`)
      shell = start()
    } catch (error) {
      notStarted(error as Error)
    }
  })
}

/**
 * Ends this pid too if the present process ends, until {@link unguard}. The guardian itself starts at the end of this turn, so that
 * children that are started together need not wait for it; call this before the child is told what to do, which is not before then.
 */
export function guard(pid: number, run: Run): void {
  if (process.platform === 'win32') return
  guarded.set(pid, run)
  if (shell) shell.stdin?.write(`add ${pid}\n`)
  else startSoon()
}

/** The child has ended, and its pid may soon be somebody else's. */
export function unguard(pid: number): void {
  if (!guarded.delete(pid) || !shell) return
  shell.stdin?.write(`remove ${pid}\n`)
  if (guarded.size > 0) return
  shell.stdin?.end()
  shell = null
}
