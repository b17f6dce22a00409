/** Which sockets of this machine are the two ends of one connection: Unix sockets, and TCP from here to here. */
import { readFileSync } from 'node:fs'
import { readUnixPeers } from './unix-peers.ts'

export interface Peer {
  /** Of the socket at the other end. */
  inode: number
  /** Bytes that have come and were not read; null where the kernel does not tell. */
  unreadBytes: number | null
  isGuess: boolean
}

/** TCP_ESTABLISHED of include/net/tcp_states.h. */
const ESTABLISHED = '01'

/** What is at the other end of each socket, as of one moment: what is asked for nothing is not read. */
export class SocketPeers {
  #unix: ReadonlyMap<number, Peer | null> | undefined
  #tcp: ReadonlyMap<number, Peer> | undefined

  /** @returns what is at the other end of a socket, if that is on this machine and known */
  of(inode: number): Peer | null {
    this.#unix ??= readUnixPeers()
    const unix = this.#unix.get(inode)
    // To read the table of TCP takes milliseconds, however short it is.
    return unix === undefined ? ((this.#tcp ??= readTcpPeers()).get(inode) ?? null) : unix
  }
}

function readTcpPeers(): Map<number, Peer> {
  const peers = new Map<number, Peer>()
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const [inode, peer] of tcpPeersIn(readFileSync(file, 'latin1'))) peers.set(inode, peer)
    } catch {
      // Without IPv6 there is no such file.
    }
  }
  return peers
}

/** @param table as `/proc/net/tcp` is written: sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode */
export function tcpPeersIn(table: string): Map<number, Peer> {
  const ends = new Map<string, { remote: string; inode: number; unreadBytes: number }>()
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, state, queues = '', , , , , inode] = line.trim().split(/\s+/)
    if (state !== ESTABLISHED || local === undefined || remote === undefined) continue
    ends.set(local, { remote, inode: Number(inode), unreadBytes: Number.parseInt(queues.split(':')[1] ?? '0', 16) })
  }
  const peers = new Map<number, Peer>()
  for (const [local, { remote, inode, unreadBytes }] of ends) {
    const other = ends.get(remote)
    if (other?.remote === local) peers.set(inode, { inode: other.inode, unreadBytes, isGuess: false })
  }
  return peers
}
