/** What the kernel does not let us see of a process: why, and what one can do about it. */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { readStart } from './read-text.ts'

/** @returns who is allowed to trace whom: 0 one's own, 1 one's own descendants, 2 administrators, 3 nobody; 0 where Yama is not there */
function ptraceScope(): number {
  return Number(readStart('/proc/sys/kernel/yama/ptrace_scope')?.trim() ?? 0)
}

/** @returns a sentence for the user, or an empty text if it should have been seen */
export function whyRefused(uid: number | null): string {
  const me = process.getuid?.()
  if (uid !== null && me !== undefined && me !== 0 && uid !== me) {
    return `What it waits for and what it has open is not seen: it belongs to another user (${userName(uid)}). Start Forkscope as that user, or as root.`
  }
  const scope = ptraceScope()
  if (scope === 1 && me !== 0) {
    return 'What it waits for is not seen in full: this system shows that only to who started a process (kernel.yama.ptrace_scope is 1). Start it with "forkscope run", or allow it: sudo sysctl kernel.yama.ptrace_scope=0.'
  }
  if (scope > 1) {
    return `What it waits for is not seen: this system shows that ${scope === 2 ? 'only to administrators' : 'to nobody'} (kernel.yama.ptrace_scope is ${scope}).`
  }
  return 'What it waits for is not seen: it has more rights than its user, or has asked not to be looked at. Start Forkscope as root to see it.'
}

/** @returns why there is no process of this pid for us: a sentence for the user */
export function whyNotThere(pid: number): string {
  let mounts = ''
  try {
    mounts = readFileSync('/proc/mounts', 'latin1')
  } catch {
    return `There is no process ${pid}: this system tells of processes in no way that is known here.`
  }
  const isHidden = mounts.split('\n').some((line) => / \/proc proc .*hidepid=(?!0|off)/.test(line))
  if (isHidden && process.getuid?.() !== 0) {
    return `No process ${pid} is seen. This system hides those of other users (hidepid): if it is another user's, start Forkscope as that user.`
  }
  return `There is no process ${pid}.`
}

/** @returns as whom it is known, else its number */
export function userName(uid: number): string {
  if (uid === process.getuid?.()) return userInfo().username
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(uid))
    return line?.split(':')[0] ?? `uid ${uid}`
  } catch {
    return `uid ${uid}`
  }
}
