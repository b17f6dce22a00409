/** Who is connected with whom by pipes and sockets, as far as their ends are in the tree. */
import type { ConnectedEnd } from '../../shared/telemetry.ts'
import type { OpenEnd } from './descriptors.ts'
import type { Peer } from './socket-peers.ts'

/** Of one process, and of those at the other end of one pipe. A pipe that was inherited by a thousand has a thousand there. */
const MOST_ENDS = 50
const MOST_OTHERS = 8

/** Who can read from a pipe or socket, and who can write to it. */
interface Having {
  read: Set<string>
  write: Set<string>
}

export class Connections {
  readonly #ofProcess = new Map<string, readonly OpenEnd[]>()
  readonly #byLink = new Map<string, Having>()

  /** What a process has open now, instead of what it had. */
  set(process: string, ends: readonly OpenEnd[]): void {
    this.delete(process)
    if (ends.length === 0) return
    this.#ofProcess.set(process, ends)
    for (const { link, end } of ends) {
      const having = this.#byLink.get(link) ?? { read: new Set(), write: new Set() }
      this.#byLink.set(link, having)
      if (end !== 'write') having.read.add(process)
      if (end !== 'read') having.write.add(process)
    }
  }

  delete(process: string): void {
    for (const { link } of this.#ofProcess.get(process) ?? []) {
      const having = this.#byLink.get(link)
      having?.read.delete(process)
      having?.write.delete(process)
      if (having?.read.size === 0 && having.write.size === 0) this.#byLink.delete(link)
    }
    this.#ofProcess.delete(process)
  }

  /**
   * @param end what the process itself does with it
   * @returns the other processes, of those some, that have the other end of a pipe, or the same socket
   */
  others(process: string, link: string, end: OpenEnd['end']): string[] {
    const having = this.#byLink.get(link)
    const others = new Set<string>()
    if (!having) return []
    for (const set of [...(end === 'write' ? [] : [having.write]), ...(end === 'read' ? [] : [having.read])]) {
      for (const other of set) {
        if (other !== process) others.add(other)
        if (others.size > MOST_OTHERS) return [...others]
      }
    }
    return [...others]
  }

  /**
   * @param peerOf what is at the other end of a socket, as far as that can be told
   * @returns which pipes and sockets it has open that others have the other end of, and how many more
   */
  of(process: string, peerOf: (link: string) => Peer | null): { ends: ConnectedEnd[]; more: number } {
    const links = new Map<string, OpenEnd[]>()
    for (const open of this.#ofProcess.get(process) ?? []) {
      const same = links.get(open.link)
      if (same) same.push(open)
      else links.set(open.link, [open])
    }
    const ends: ConnectedEnd[] = []
    let more = 0
    for (const [link, open] of links) {
      const connected = this.#connected(process, link, open, peerOf)
      if (!connected) continue
      if (ends.length < MOST_ENDS) ends.push(connected)
      else more++
    }
    return { ends, more }
  }

  #connected(process: string, link: string, open: OpenEnd[], peerOf: (link: string) => Peer | null) {
    const isPipe = link.startsWith('pipe:')
    const end = sideOf(open)
    const peer = isPipe ? null : peerOf(link)
    const others = isPipe
      ? this.others(process, link, end)
      : peer && this.others(process, `socket:[${peer.inode}]`, 'both')
    if (!others || others.length === 0) return null
    return {
      link,
      end,
      descriptors: open.map(({ descriptor }) => descriptor),
      with: others.slice(0, MOST_OTHERS),
      ...(others.length > MOST_OTHERS && { isMore: true }),
      ...(peer?.isGuess && { isGuess: true }),
      ...(peer && peer.unreadBytes !== null && { unreadBytes: peer.unreadBytes }),
    }
  }
}

function sideOf(open: readonly OpenEnd[]): OpenEnd['end'] {
  const [first] = open
  return first && open.every(({ end }) => end === first.end) ? first.end : 'both'
}
