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
import { outsideRuns } from '../run/run.ts'

/** POSIX sh: keeps the set of living pids as ` 1 2 3 `. Signals meant for the terminal's whole group must not end it early. */
const SCRIPT = `trap '' HUP INT TERM QUIT
pids=' '
while read -r word pid; do
  case $word in
    add) pids="$pids$pid " ;;
    remove) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
[ "$pids" = ' ' ] || kill -KILL $pids 2>/dev/null
`

let shell: ChildProcess | null = null
const guarded = new Set<number>()

function start(): ChildProcess {
  const child = outsideRuns(() =>
    lazy.childProcess.spawn('/bin/sh', ['-c', SCRIPT, 'forkscope-guardian'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    }),
  )
  // Without a shell only the children's own watch is left; that must not end the program that wants to start them.
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  child.once('exit', () => {
    if (shell !== child) return
    shell = null
    if (guarded.size > 0) restart()
  })
  child.unref()
  // It is a socket to Node, and must not keep the event loop alive either.
  ;(child.stdin as unknown as { unref?(): void } | null)?.unref?.()
  return child
}

function restart(): void {
  shell = start()
  for (const pid of guarded) shell.stdin?.write(`add ${pid}\n`)
}

let starting = false

/**
 * Ends this pid too if the present process ends, until {@link unguard}. The guardian itself starts at the end of this turn, so that
 * children that are started together need not wait for it; call this before the child is told what to do, which is not before then.
 */
export function guard(pid: number): void {
  if (process.platform === 'win32') return
  guarded.add(pid)
  if (shell) shell.stdin?.write(`add ${pid}\n`)
  else if (!starting) {
    starting = true
    process.nextTick(() => {
      starting = false
      if (!shell && guarded.size > 0) restart()
    })
  }
}

/** The child has ended, and its pid may soon be somebody else's. */
export function unguard(pid: number): void {
  if (!guarded.delete(pid) || !shell) return
  shell.stdin?.write(`remove ${pid}\n`)
  if (guarded.size > 0) return
  shell.stdin?.end()
  shell = null
}
