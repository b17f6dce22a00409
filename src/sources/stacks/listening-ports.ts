/** On which ports of this machine a process listens, from `/proc/PID/net/tcp`, which is what its own network has. */
import { readFileSync } from 'node:fs'
import { readOpenEnds } from '../process-tree/descriptors.ts'

/** TCP_LISTEN of include/net/tcp_states.h, as the file writes it. */
const LISTENS = '0A'

export function readListeningPorts(pid: number): Set<number> {
  const links = new Set(readOpenEnds(pid).ends.map(({ link }) => link))
  const ports = new Set<number>()
  for (const file of ['tcp', 'tcp6']) {
    for (const line of readTable(`/proc/${pid}/net/${file}`)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === LISTENS && links.has(`socket:[${inode}]`)) ports.add(Number.parseInt(local.split(':')[1] ?? '', 16))
    }
  }
  return ports
}

function readTable(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n').slice(1)
  } catch {
    return []
  }
}
