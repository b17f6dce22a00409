/**
 * Which Unix sockets are two ends of one connection, and how much each has that was not read.
 *
 * The kernel tells that by sock_diag(7), a protocol of netlink sockets, which JavaScript alone does not speak: `koffi`, an optional dependency, calls the
 * system's functions. Where that cannot be had, `/proc/net/unix` tells each socket's inode and no peer; socketpair(2) makes both in a row, so
 * that two whose inodes follow each other are taken for a pair, which is said to be a guess.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Peer } from './socket-peers.ts'

// Of linux/socket.h, linux/netlink.h, linux/sock_diag.h and linux/unix_diag.h.
const AF_UNIX = 1
const AF_NETLINK = 16
const SOCK_RAW_CLOEXEC = 0o2000003
const NETLINK_SOCK_DIAG = 4
const SOCK_DIAG_BY_FAMILY = 20
const NLM_F_REQUEST_DUMP = 0x301
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const MSG_DONTWAIT = 0x40
const UDIAG_SHOW_PEER_AND_QUEUES = 0x4 | 0x10
const UNIX_DIAG_PEER = 2
const UNIX_DIAG_RQLEN = 4
const HEADER_BYTES = 16
const REQUEST_BYTES = HEADER_BYTES + 24
const MESSAGE_BYTES = HEADER_BYTES + 16
const ANSWER_BYTES = 1 << 16

interface System {
  open(family: number, type: number, protocol: number): number
  send(fd: number, bytes: Buffer, count: number, flags: number): number
  receive(fd: number, bytes: Buffer, count: number, flags: number): number
  close(fd: number): number
}

let system: System | null | undefined

function load(): System | null {
  if (process.platform !== 'linux') return null
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const libc = koffi.load(null)
    return {
      open: libc.func('int socket(int family, int type, int protocol)'),
      send: libc.func('intptr_t send(int fd, const void *bytes, size_t count, int flags)'),
      receive: libc.func('intptr_t recv(int fd, void *bytes, size_t count, int flags)'),
      close: libc.func('int close(int fd)'),
    }
  } catch {
    return null
  }
}

/** @returns for the inode of each Unix socket what is at its other end; null for one that has none, or none that is known */
export function readUnixPeers(): Map<number, Peer | null> {
  system ??= load()
  const told = system && ask(system)
  return told ?? guess()
}

/** @returns null where the kernel does not answer */
function ask(libc: System): Map<number, Peer | null> | null {
  const fd = libc.open(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG)
  if (fd < 0) return null
  try {
    const request = Buffer.alloc(REQUEST_BYTES)
    request.writeUInt32LE(REQUEST_BYTES, 0)
    request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
    request.writeUInt16LE(NLM_F_REQUEST_DUMP, 6)
    request.writeUInt8(AF_UNIX, HEADER_BYTES)
    request.writeUInt32LE(0xffffffff, HEADER_BYTES + 4)
    request.writeUInt32LE(UDIAG_SHOW_PEER_AND_QUEUES, HEADER_BYTES + 12)
    if (libc.send(fd, request, REQUEST_BYTES, 0) !== REQUEST_BYTES) return null
    const peers = new Map<number, Peer | null>()
    const answer = Buffer.alloc(ANSWER_BYTES)
    for (;;) {
      // The kernel has answered by now: a netlink socket's dump goes on with each read, and never has to be waited for.
      const count = libc.receive(fd, answer, ANSWER_BYTES, MSG_DONTWAIT)
      if (count <= 0) return null
      const isDone = readUnixAnswer(answer.subarray(0, count), peers)
      if (isDone !== false) return isDone && peers
    }
  } finally {
    libc.close(fd)
  }
}

/** @returns whether that was the end of it, or null if the kernel refuses */
export function readUnixAnswer(answer: Buffer, peers: Map<number, Peer | null>): boolean | null {
  let at = 0
  while (at + HEADER_BYTES <= answer.length) {
    const bytes = answer.readUInt32LE(at)
    const type = answer.readUInt16LE(at + 4)
    if (type === NLMSG_DONE) return true
    if (type === NLMSG_ERROR || bytes < HEADER_BYTES || at + bytes > answer.length) return null
    if (type === SOCK_DIAG_BY_FAMILY && bytes >= MESSAGE_BYTES) readSocket(answer.subarray(at, at + bytes), peers)
    at += aligned(bytes)
  }
  return false
}

function readSocket(message: Buffer, peers: Map<number, Peer | null>): void {
  let peer = 0
  let unreadBytes: number | null = null
  for (let at = MESSAGE_BYTES; at + 8 <= message.length; ) {
    const bytes = message.readUInt16LE(at)
    const type = message.readUInt16LE(at + 2)
    if (bytes < 4) break
    if (type === UNIX_DIAG_PEER) peer = message.readUInt32LE(at + 4)
    if (type === UNIX_DIAG_RQLEN) unreadBytes = message.readUInt32LE(at + 4)
    at += aligned(bytes)
  }
  const inode = message.readUInt32LE(HEADER_BYTES + 4)
  peers.set(inode, peer === 0 ? null : { inode: peer, unreadBytes, isGuess: false })
}

function aligned(bytes: number): number {
  return (bytes + 3) & ~3
}

/** SS_CONNECTED of include/uapi/linux/net.h, as the file writes it. */
const CONNECTED = '03'

function guess(): Map<number, Peer | null> {
  try {
    return pairsIn(readFileSync('/proc/net/unix', 'latin1'))
  } catch {
    return new Map()
  }
}

/** @param table as `/proc/net/unix` is written: Num RefCount Protocol Flags Type St Inode Path */
export function pairsIn(table: string): Map<number, Peer | null> {
  const pairs = new Map<number, Peer | null>()
  const nameless = new Map<number, string>()
  for (const line of table.split('\n').slice(1)) {
    const [, , , , type = '', state, inode, path] = line.trim().split(/\s+/)
    if (inode !== undefined) pairs.set(Number(inode), null)
    if (state === CONNECTED && path === undefined) nameless.set(Number(inode), type)
  }
  for (const inode of [...nameless.keys()].sort((a, b) => a - b)) {
    const next = inode + 1
    if (pairs.get(inode) || nameless.get(next) !== nameless.get(inode)) continue
    pairs.set(inode, { inode: next, unreadBytes: null, isGuess: true })
    pairs.set(next, { inode, unreadBytes: null, isGuess: true })
  }
  return pairs
}
