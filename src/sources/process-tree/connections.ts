/** Who is connected with whom by pipes and sockets, as far as their ends are in the tree. */
import type { OpenEnd } from './descriptors.ts'

export interface ConnectionEnd {
  /** `<pid>.<start>` */
  process: string
  descriptor: number
  end: OpenEnd['end']
}

export interface Connection {
  /** `pipe:[4711]`; of a pair of sockets that of the lower inode. */
  id: string
  kind: 'pipe' | 'socket'
  ends: ConnectionEnd[]
  /** Bytes on their way. The kernel tells them only to who has the pipe open, or by a protocol that Node does not speak: not known. */
  queuedBytes: null
  /** The kernel does not tell which two sockets are a pair; these were made one after the other, which is how a pair is made. */
  isGuess: boolean
}

export class Connections {
  readonly #ofProcess = new Map<string, readonly OpenEnd[]>()
  readonly #byLink = new Map<string, Map<string, ConnectionEnd[]>>()

  /** What a process has open now, instead of what it had. */
  set(process: string, ends: readonly OpenEnd[]): void {
    this.delete(process)
    if (ends.length === 0) return
    this.#ofProcess.set(process, ends)
    for (const { link, descriptor, end } of ends) {
      const having = this.#byLink.get(link) ?? new Map<string, ConnectionEnd[]>()
      this.#byLink.set(link, having)
      const own = having.get(process) ?? []
      having.set(process, own)
      own.push({ process, descriptor, end })
    }
  }

  delete(process: string): void {
    for (const { link } of this.#ofProcess.get(process) ?? []) {
      const having = this.#byLink.get(link)
      having?.delete(process)
      if (having?.size === 0) this.#byLink.delete(link)
    }
    this.#ofProcess.delete(process)
  }

  /** @returns the other processes that have the other end of a pipe, or the same socket or the one that is its pair */
  others(process: string, link: string, end: 'read' | 'write'): string[] {
    const opposite = end === 'read' ? 'write' : 'read'
    return [...(this.#byLink.get(link) ?? [])]
      .filter(([other, ends]) => other !== process && ends.some((one) => one.end === opposite || one.end === 'both'))
      .map(([other]) => other)
  }

  /** @param pairOf the socket that is the other end of this one, as far as that can be told */
  all(pairOf: (link: string) => string | null): Connection[] {
    const connections: Connection[] = []
    const paired = new Set<string>()
    for (const [link, having] of this.#byLink) {
      if (paired.has(link)) continue
      const kind = link.startsWith('pipe:') ? 'pipe' : 'socket'
      const pair = kind === 'socket' ? pairOf(link) : null
      const theirs = pair === null ? undefined : this.#byLink.get(pair)
      if (pair !== null && theirs) paired.add(pair)
      const processes = new Set([...having.keys(), ...(theirs?.keys() ?? [])])
      if (processes.size < 2) continue
      const ends = [...having.values(), ...(theirs?.values() ?? [])].flat()
      connections.push({ id: link, kind, ends, queuedBytes: null, isGuess: theirs !== undefined })
    }
    return connections
  }
}
