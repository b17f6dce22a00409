/**
 * Which system call a process is in, by the number that `/proc/PID/syscall` tells. Numbers are the kernel's: arch/x86/entry/syscalls/syscall_64.tbl
 * for x64, include/uapi/asm-generic/unistd.h for arm64 and riscv64.
 */
import { arch } from 'node:process'

/** What a call is for, as far as it can block: `read` and `write` have the descriptor as their first argument, and so have those after them. */
export type Call =
  | 'read'
  | 'write'
  | 'accept'
  | 'connect'
  | 'lock-file'
  | 'sync'
  | 'futex'
  | 'child'
  | 'sleep'
  | 'events'
  | 'signal'
  | 'message'
  | 'semaphore'
  | 'open'
  | 'restart'

const X64: Readonly<Record<Call, readonly number[]>> = {
  // read, pread64, readv, recvfrom, recvmsg, recvmmsg, splice
  read: [0, 17, 19, 45, 47, 299, 275],
  // write, pwrite64, writev, sendto, sendmsg
  write: [1, 18, 20, 44, 46],
  // accept, accept4
  accept: [43, 288],
  connect: [42],
  // flock, fcntl
  'lock-file': [73, 72],
  // fsync, fdatasync
  sync: [74, 75],
  // futex, futex_waitv
  futex: [202, 449],
  // wait4, waitid
  child: [61, 247],
  // nanosleep, clock_nanosleep
  sleep: [35, 230],
  // poll, ppoll, select, pselect6, epoll_wait, epoll_pwait, epoll_pwait2, io_getevents, io_uring_enter
  events: [7, 271, 23, 270, 232, 281, 441, 208, 426],
  // pause, rt_sigtimedwait, rt_sigsuspend
  signal: [34, 128, 130],
  // msgrcv, mq_timedreceive
  message: [70, 243],
  // semop, semtimedop
  semaphore: [65, 220],
  // open, openat
  open: [2, 257],
  // restart_syscall: what goes on so after a signal has a time limit, and says no more
  restart: [219],
}

const GENERIC: Readonly<Record<Call, readonly number[]>> = {
  read: [63, 67, 65, 207, 212, 243, 76],
  write: [64, 68, 66, 206, 211],
  accept: [202, 242],
  connect: [203],
  'lock-file': [32, 25],
  sync: [82, 83],
  futex: [98, 449],
  child: [260, 95],
  sleep: [101, 115],
  // ppoll, pselect6, epoll_pwait, epoll_pwait2, io_getevents, io_uring_enter
  events: [73, 72, 22, 441, 4, 426],
  signal: [137, 133],
  message: [188, 183],
  semaphore: [193, 192],
  open: [56],
  restart: [128],
}

function byNumber(calls: Readonly<Record<Call, readonly number[]>>): ReadonlyMap<number, Call> {
  return new Map(Object.entries(calls).flatMap(([call, numbers]) => numbers.map((number) => [number, call as Call])))
}

const CALLS: Readonly<Record<string, ReadonlyMap<number, Call>>> = {
  x64: byNumber(X64),
  arm64: byNumber(GENERIC),
  riscv64: byNumber(GENERIC),
}

/** @returns what the call is for; undefined for one that is not expected to block, and where the numbers are not known */
export function callOf(number: number, architecture: string = arch): Call | undefined {
  return CALLS[architecture]?.get(number)
}

/**
 * What a sleeping process waits in, from `/proc/PID/wchan`: the kernel's own function, which may be seen where the call may not. Its names
 * are no contract, so they are asked for by what they begin with.
 */
const CHANNELS: readonly (readonly [RegExp, Call])[] = [
  [
    /^(?:anon_)?pipe_read|^unix_stream_read|^unix_stream_data_wait|^__skb_wait_for_more|^sk_wait_data|^n_tty_read|^wait_woken/,
    'read',
  ],
  [/^(?:anon_)?pipe_write|^sock_alloc_send|^sk_stream_wait_memory/, 'write'],
  [/^inet_csk_accept|^unix_accept/, 'accept'],
  [/^futex_/, 'futex'],
  [/^do_wait|^wait_consider/, 'child'],
  [/^hrtimer_nanosleep|^do_nanosleep|^common_nsleep/, 'sleep'],
  [/^ep_poll|^do_epoll|^poll_schedule|^do_sys_poll|^do_select/, 'events'],
  [/^sigsuspend|^do_sigtimedwait|^sys_pause|^__.*_sys_pause/, 'signal'],
  [/^locks_|^flock_|^fcntl_/, 'lock-file'],
]

/** @returns what a process waits for in that function of the kernel, where that is known */
export function callOfChannel(channel: string): Call | undefined {
  return CHANNELS.find(([name]) => name.test(channel))?.[1]
}
