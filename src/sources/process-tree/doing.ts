/** What a process does now, in words: from its state, the system call that it is in, and what that call's descriptor is. */
import { readFileSync, readlinkSync } from 'node:fs'
import type { LiveState, WaitTarget } from '../../shared/telemetry.ts'
import { errorCode } from './read-text.ts'
import { type Call, callOf, callOfChannel } from './syscall-numbers.ts'

export interface Doing {
  /** `ended` has ended, and its parent has not yet waited for it. */
  state: LiveState | 'stopped' | 'ended'
  /** `running`; `waiting: reads a pipe from worker 2 (17)`. */
  words: string
  /** What it waits for, as `process.state` tells it. */
  waitingOn?: WaitTarget
  /** Whether the kernel refused to tell what it waits for. */
  isRefused?: boolean
}

/** @param inode of a pipe or socket, as its link tells it: `pipe:[17]` @param end that the process itself uses */
export type OthersOf = (link: string, end: 'read' | 'write') => string

export const RUNNING: Doing = { state: 'running', words: 'running' }
const STOPPED: Doing = {
  state: 'stopped',
  words: 'stopped',
  waitingOn: { what: 'other', label: 'to be continued: it is stopped' },
}
const ENDED: Doing = { state: 'ended', words: 'ended, not yet waited for by its parent' }
const SLEEPS: Doing = { state: 'sleeping', words: 'sleeps' }
const DISK: Doing = waits('other', 'uninterruptible (disk)')

function waits(what: WaitTarget['what'], label: string): Doing {
  return { state: 'waiting', words: `waiting: ${label}`, waitingOn: { what, label } }
}

const FIXED: Readonly<Partial<Record<Call, Doing>>> = {
  sleep: SLEEPS,
  futex: waits('other', 'a lock or a thread (futex)'),
  child: waits('join', 'a child to end'),
  accept: waits('other', 'accepts connections'),
  connect: waits('other', 'a connection to be accepted'),
  'lock-file': waits('acquire', 'a lock on a file'),
  sync: waits('other', 'what it wrote to be on the disk'),
  events: waits('other', 'events (poll)'),
  signal: waits('other', 'a signal'),
  message: waits('receive', 'a message'),
  semaphore: waits('acquire', 'a semaphore'),
  open: waits('other', 'opens a file or a named pipe'),
  restart: { state: 'sleeping', words: 'sleeps, or waits with a time limit' },
}

/** What a process or thread, `/proc/PID` or `/proc/PID/task/TID`, does. @param state of its stat line */
export function doingOf(folder: string, state: string, othersOf: OthersOf): Doing {
  if (state === 'R') return RUNNING
  if (state === 'T' || state === 't') return STOPPED
  if (state === 'Z' || state === 'X') return ENDED
  let line: string
  try {
    line = readFileSync(`${folder}/syscall`, 'latin1')
  } catch (error) {
    if (state === 'D') return DISK
    return byChannel(folder, errorCode(error))
  }
  if (line.startsWith('running')) return RUNNING
  const [number, argument = ''] = line.split(' ', 2)
  // Of a call that is not known, the place where it waits may be.
  const call = callOf(Number(number)) ?? channelOf(folder)
  if (isTransfer(call) && callOf(Number(number)) === call) return transfer(folder, call, Number(argument), othersOf)
  if (state === 'D') return DISK
  return (call && FIXED[call]) ?? waits('other', `system call ${number}`)
}

function isTransfer(call: Call | undefined): call is 'read' | 'write' {
  return call === 'read' || call === 'write'
}

function channelOf(folder: string): Call | undefined {
  try {
    return callOfChannel(readFileSync(`${folder}/wchan`, 'latin1'))
  } catch {
    return undefined
  }
}

/** Which call it is, the kernel tells only who may trace it; where in the kernel it waits, also others of the same user. */
function byChannel(folder: string, code: string): Doing {
  // It ends just now, and how is known only once its stat line says that it has.
  if (code === 'ENOENT' || code === 'ESRCH') return RUNNING
  const call = channelOf(folder)
  if (call === 'read') return { ...waits('receive', 'reads'), isRefused: true }
  if (call === 'write') return { ...waits('send', 'writes'), isRefused: true }
  const known = call && FIXED[call]
  return known ?? { ...waits('other', 'something that is not seen'), isRefused: true }
}

function transfer(folder: string, call: 'read' | 'write', descriptor: number, othersOf: OthersOf): Doing {
  const what = call === 'read' ? 'receive' : 'send'
  const verb = call === 'read' ? 'reads' : 'writes to'
  let link: string
  try {
    link = readlinkSync(`${folder}/fd/${descriptor}`)
  } catch {
    return waits(what, `${verb} descriptor ${descriptor}`)
  }
  return waits(what, `${verb} ${thing(link)}${othersOf(link, call)}`)
}

function thing(link: string): string {
  if (link.startsWith('pipe:')) return 'a pipe'
  if (link.startsWith('socket:')) return 'a socket'
  if (/^\/dev\/(?:pts\/|tty|console)/.test(link)) return 'the terminal'
  const anonymous = /^anon_inode:\[?([^\]]*)/.exec(link)
  return anonymous ? `an ${anonymous[1]}` : link
}
