/**
 * Where the connections of a process meet: frames for this process are handled, frames for others are passed on along the
 * tree, payload untouched.
 *
 * A process's address is its path. Whatever lies below a child's path is reached through that child, everything else
 * through the parent. When a child is gone, everybody is told, so that nothing waits for it and what was on its way to it
 * goes back.
 */
import { WireError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Channel } from './channel.ts'
import type { Frame, Header, Payload } from './frames.ts'
import { ownBytes, type WholeBytes } from './lent-bytes.ts'

/** A header of a frame that may be passed on. */
export interface RoutedHeader extends Header {
  to: string
  from: string
  [field: string]: unknown
}

/** What a process does with the frames addressed to it whose type begins with a prefix, such as `queue.`. */
export interface Service {
  onFrame(header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes): void
  /** The process with this path and all below it are gone. */
  onPeerGone(isGone: (path: string) => boolean): void
}

/** The answer to a frame for a process that is gone. */
const UNREACHABLE = 'hub.unreachable'

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts
  return first && others.length === 0 ? ownBytes(first) : Buffer.concat(parts)
}

export function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`)
}

export class Hub {
  readonly #run: Run
  #parent: Channel | null = null
  readonly #children = new Map<string, Channel>()
  readonly #held = new Set<{ flush(): void }>()
  readonly #services = new Map<string, Service>()

  constructor(run: Run) {
    this.#run = run
  }

  setParent(channel: Channel): void {
    channel.beforeSend = this.#flush
    this.#parent = channel
  }

  addChild(path: string, channel: Channel): void {
    channel.beforeSend = this.#flush
    this.#children.set(path, channel)
  }

  /** Something is held back to be sent together: it leaves at the end of the turn, and before anything else does. */
  flushLater(held: { flush(): void }): void {
    if (this.#held.size === 0) process.nextTick(this.#flush)
    this.#held.add(held)
  }

  /** Hands everything that was sent to the kernel now. @returns whether it has all of it */
  sendAllNow(): boolean {
    this.#flush()
    let all = true
    for (const channel of this.#channels()) {
      channel.writeNow()
      if (channel.backlogBytes > 0) all = false
    }
    return all
  }

  /** Resolves once the kernel has all that was sent. */
  async allSent(): Promise<void> {
    this.#flush()
    await Promise.all([...this.#channels()].map((channel) => channel.flush()))
  }

  *#channels(): Iterable<Channel> {
    if (this.#parent) yield this.#parent
    yield* this.#children.values()
  }

  /** Hands everything for a process to the kernel now, as far as that takes it. */
  sendNow(path: string): void {
    this.#next(path)?.writeNow()
  }

  /** Hands everything for a process to the kernel now. Resolves once it has it; undefined if it took it right away. */
  flushTo(path: string): Promise<void> | undefined {
    return this.#next(path)?.flush()
  }

  readonly #flush = (): void => {
    if (this.#held.size === 0) return
    const all = [...this.#held]
    this.#held.clear()
    for (const held of all) held.flush()
  }

  removeChild(path: string): void {
    if (this.#children.delete(path)) this.#peerGone(path, null)
  }

  /** @param prefix the part of a frame's type before the dot */
  serve(prefix: string, service: Service): void {
    this.#services.set(prefix, service)
  }

  service(prefix: string): Service | undefined {
    return this.#services.get(prefix)
  }

  /** Sends to any process of the run, this one included. @returns the channel it left by, if it left */
  send(header: Omit<RoutedHeader, 'from'>, payload: Payload = []): Channel | undefined {
    const whole = { ...header, from: this.#run.path } as RoutedHeader
    if (whole.to === this.#run.path) {
      this.#handle(whole, joined(typeof payload === 'function' ? payload() : payload))
      return undefined
    }
    const channel = this.#next(whole.to)
    // Nobody is there any more who could answer. Told later, for who asks must first know that it has asked.
    if (!channel) process.nextTick(() => this.#unreachable(whole.to))
    channel?.send(whole, payload)
    return channel ?? undefined
  }

  /** @returns whether the frame was a routed one, and so is dealt with */
  receive(frame: Frame, fromChild: string | null): boolean {
    const header = frame.header as RoutedHeader
    if (header.type === 'peer-gone') {
      if (typeof header.path !== 'string') throw new WireError('A message says that somebody is gone, but not who.')
      // A child may tell the end of those below it, and of nobody else.
      if (fromChild !== null && (header.path === fromChild || !isBelow(header.path, fromChild))) {
        throw new WireError('A process told the end of another that is not its own.')
      }
      this.#peerGone(header.path, fromChild)
      return true
    }
    if (typeof header.to !== 'string' || typeof header.from !== 'string') return false
    // A child speaks for itself and for what is below it, and for nobody else.
    if (fromChild !== null && !isBelow(header.from, fromChild)) {
      throw new WireError('A process sent a message in the name of another.')
    }
    if (header.to !== this.#run.path) this.#passOn(header, frame)
    else if (header.type !== UNREACHABLE) this.#handle(header, frame.payload, frame.tail)
    else if (typeof header.path === 'string') {
      if (fromChild !== null && !isBelow(header.path, fromChild)) {
        throw new WireError('A process told the end of another that is not its own.')
      }
      this.#unreachable(header.path)
    }
    return true
  }

  #passOn(header: RoutedHeader, { payload, tail }: Frame): void {
    const channel = this.#next(header.to)
    if (channel) channel.send(header, tail ? [payload, tail] : [payload])
    else if (header.type !== UNREACHABLE) this.send({ type: UNREACHABLE, to: header.from, path: header.to })
  }

  #unreachable(path: string): void {
    for (const service of this.#services.values()) service.onPeerGone((other) => other === path)
  }

  #handle(header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes): void {
    this.#services.get(header.type.slice(0, header.type.indexOf('.')))?.onFrame(header, payload, tail)
  }

  #next(path: string): Channel | null {
    if (!isBelow(path, this.#run.path)) return this.#parent
    const own = this.#run.path.length + 1
    const end = path.indexOf('.', own)
    return this.#children.get(end < 0 ? path : path.slice(0, end)) ?? null
  }

  #peerGone(path: string, from: string | null): void {
    const isGone = (other: string) => isBelow(other, path)
    for (const service of this.#services.values()) service.onPeerGone(isGone)
    const header = { type: 'peer-gone', path }
    if (from === null && !isBelow(path, this.#run.path)) {
      // Told by the parent: everybody below must know.
      for (const channel of this.#children.values()) channel.send(header)
      return
    }
    this.#parent?.send(header)
    for (const [child, channel] of this.#children) if (child !== from) channel.send(header)
  }
}
