/**
 * Which Unix sockets are two ends of one connection. `/proc/net/unix` tells each socket's inode, type, state and path, and not its peer; socketpair(2) makes
 * both in a row, so that their inodes follow each other.
 */
import { readFileSync } from 'node:fs'

/** SS_CONNECTED of include/uapi/linux/net.h, as the file writes it. */
const CONNECTED = '03'

/** @returns for the link of a socket, `socket:[4711]`, the one that is probably its other end */
export function readSocketPairs(): Map<string, string> {
  let table: string
  try {
    table = readFileSync('/proc/net/unix', 'latin1')
  } catch {
    return new Map()
  }
  return pairsIn(table)
}

/** @param table as `/proc/net/unix` is written: Num RefCount Protocol Flags Type St Inode Path */
export function pairsIn(table: string): Map<string, string> {
  const nameless = new Map<number, string>()
  for (const line of table.split('\n').slice(1)) {
    const [, , , , type = '', state, inode, path] = line.trim().split(/\s+/)
    if (state === CONNECTED && path === undefined) nameless.set(Number(inode), type)
  }
  const pairs = new Map<string, string>()
  for (const inode of [...nameless.keys()].sort((a, b) => a - b)) {
    const next = inode + 1
    if (pairs.has(linkOf(inode)) || nameless.get(next) !== nameless.get(inode)) continue
    pairs.set(linkOf(inode), linkOf(next))
    pairs.set(linkOf(next), linkOf(inode))
  }
  return pairs
}

function linkOf(inode: number): string {
  return `socket:[${inode}]`
}
