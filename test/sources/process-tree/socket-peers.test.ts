/** What the kernel writes about sockets, and what it would not. */
import { expect, test } from 'vitest'
import type { Peer } from '../../../src/sources/process-tree/socket-peers.ts'
import { tcpPeersIn } from '../../../src/sources/process-tree/socket-peers.ts'
import { pairsIn, readUnixAnswer } from '../../../src/sources/process-tree/unix-peers.ts'
import { chance } from '../../seeded.ts'

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 10 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:000004D2 00:00000000 00000000     0        0 11 1 0 20 4 30 10 -1
   2: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 30 10 -1
   3: 0100007F:D432 08080808:01BB 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 20 4 30 10 -1
`

const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
ffff: 00000003 00000000 00000000 0001 03 20
ffff: 00000003 00000000 00000000 0001 03 21
ffff: 00000003 00000000 00000000 0001 03 23
ffff: 00000003 00000000 00000000 0002 03 24
ffff: 00000003 00000000 00000000 0001 03 30 /run/x
ffff: 00000003 00000000 00000000 0001 03 31
`

test('two ends of a TCP connection are a pair; who listens, and who speaks with another machine, have none', () => {
  expect([...tcpPeersIn(TCP)]).toEqual([
    [11, { inode: 12, unreadBytes: 1_234, isGuess: false }],
    [12, { inode: 11, unreadBytes: 0, isGuess: false }],
  ])
})

test('where the kernel tells no pairs, two of one type that were made in a row are taken for one', () => {
  const pairs = [...pairsIn(UNIX)].map(([inode, peer]) => [inode, peer && [peer.inode, peer.isGuess]])
  expect(pairs).toEqual([[20, [21, true]], [21, [20, true]], ...[23, 24, 30, 31].map((inode) => [inode, null])])
})

function message(type: number, body: number[]): Buffer {
  const bytes = Buffer.alloc(16 + body.length)
  bytes.writeUInt32LE(bytes.length, 0)
  bytes.writeUInt16LE(type, 4)
  bytes.set(body, 16)
  return bytes
}

const SOCKET = [1, 1, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

test("the kernel's answer about a socket: who is at its other end, and what it has to read", () => {
  const peers = new Map<number, Peer | null>()
  const attributes = [8, 0, 2, 0, 9, 0, 0, 0, 12, 0, 4, 0, 5, 0, 0, 0, 6, 0, 0, 0]
  const answer = Buffer.concat([
    message(20, [...SOCKET, ...attributes]),
    message(20, SOCKET.with(4, 8)),
    message(3, [0, 0, 0, 0]),
  ])
  expect(readUnixAnswer(answer, peers)).toBe(true)
  expect([...peers]).toEqual([
    [7, { inode: 9, unreadBytes: 5, isGuess: false }],
    [8, null],
  ])
})

test('a refusal, an answer that is cut off, and any bytes at all end nothing', () => {
  const peers = new Map<number, Peer | null>()
  expect(readUnixAnswer(message(2, [1, 0, 0, 0]), peers)).toBe(null)
  expect(readUnixAnswer(message(20, SOCKET).subarray(0, 30), peers)).toBe(null)
  expect(readUnixAnswer(Buffer.alloc(32), peers)).toBe(null)
  const { below } = chance(7)
  for (let time = 0; time < 20_000; time++) {
    const bytes = Buffer.from(Array.from({ length: below(80) }, () => below(256)))
    if (bytes.length > 6 && below(5) > 0) {
      bytes.writeUInt32LE(below(90), 0)
      bytes.writeUInt16LE(20, 4)
    }
    expect([true, false, null]).toContain(readUnixAnswer(bytes, peers))
  }
})
