/**
 * Where the connections of a process meet: frames for this process are handled, frames for others are passed on along the
 * tree, payload untouched.
 *
 * A process's address is its path. Whatever lies below a child's path is reached through that child, everything else
 * through the parent. When a child is gone, everybody is told, so that nothing waits for it and what was on its way to it
 * goes back.
 */
import { WireError } from '../errors.ts'
import type { Channel } from './channel.ts'
import type { Frame, Header, Payload } from './frames.ts'
import { ownBytes, type WholeBytes } from './lent-bytes.ts'
import { type AnyOf, checkHeader, type HeaderOf, type RoutedType } from './messages.ts'

/** What a process does with messages that are for it, by their types. */
export type Handlers = {
  [T in RoutedType]?: (header: HeaderOf<T>, payload: Uint8Array, tail?: WholeBytes) => void
}

/** What answers some of the messages that are passed on. */
export interface Service {
  readonly handlers: Handlers
  /** The process with this path and all below it are gone. */
  onPeerGone(isGone: (path: string) => boolean): void
}

type Handler = (header: Header, payload: Uint8Array, tail?: WholeBytes) => void

/** A header that says where it goes and where it comes from. */
type RoutedHeader = HeaderOf<RoutedType>

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts
  return first && others.length === 0 ? ownBytes(first) : Buffer.concat(parts)
}

export function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`)
}

/**
 * Whether what a process hands to the kernel is sure to reach another, as long as both live: nobody is between them on its way up whose
 * end would not be its own end too.
 */
export function isNear(path: string, other: string): boolean {
  const parent = path.slice(0, path.lastIndexOf('.'))
  return isBelow(other, path) || isBelow(other, parent)
}

/** A header has room for it, whatever its characters. */
const MOST_MESSAGE_CHARACTERS = 10_000

const OF_ANOTHER = 'A process told the end of another that is not its own.'

function checkOwnEnd(path: string, child: string): void {
  if (!isBelow(path, child)) throw new WireError(OF_ANOTHER)
}

export class Hub {
  readonly #run: { readonly path: string }
  #parent: Channel | null = null
  readonly #children = new Map<string, Channel>()
  readonly #held = new Set<{ flush(): void }>()
  readonly #services = new Map<unknown, Service>()
  readonly #handlers = new Map<string, Handler>()

  /** @param run whose hub it is */
  constructor(run: { readonly path: string }) {
    this.#run = run
  }

  setParent(channel: Channel): void {
    channel.beforeSend = this.#flush
    this.#parent = channel
  }

  get hasParent(): boolean {
    return this.#parent !== null
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

  readonly #flush = (): void => {
    if (this.#held.size === 0) return
    const all = [...this.#held]
    this.#held.clear()
    for (const held of all) held.flush()
  }

  removeChild(path: string): void {
    if (this.#children.delete(path)) this.#peerGone(path, null)
  }

  /** @returns the service of a class, made when first asked for */
  service<S extends Service>(Class: abstract new (...given: never) => S, make: () => S): S {
    const known = this.#services.get(Class)
    if (known) return known as S
    const made = make()
    this.#services.set(Class, made)
    for (const [type, handler] of Object.entries(made.handlers)) this.#handlers.set(type, handler as Handler)
    return made
  }

  /** Sends to any process of the run, this one included. @returns the channel it left by, if it left */
  send(header: AnyOf<RoutedType, 'from'>, payload: Payload = []): Channel | undefined {
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

  /**
   * @param fromChild the path of the child that sent it; null if the parent did
   * @returns whether it was one for a hub, and so is dealt with
   * @throws WireError for what the sender may not send
   */
  receive(frame: Frame, fromChild: string | null): boolean {
    const isRouted = checkHeader(frame.header, fromChild === null ? 'parent' : 'child')
    if (!isRouted) return this.#receiveDirect(frame.header as HeaderOf<'peer-gone' | 'hub.expel'>, fromChild)
    const header = frame.header as RoutedHeader
    // A child speaks for itself and for what is below it, and for nobody else: what it must not say is not passed on either.
    if (fromChild !== null && !isBelow(header.from, fromChild)) {
      throw new WireError('A process sent a message in the name of another.')
    }
    if (fromChild !== null && header.type === 'hub.unreachable') checkOwnEnd(header.path, fromChild)
    if (header.to !== this.#run.path) this.#passOn(header, frame)
    else if (header.type === 'hub.unreachable') this.#unreachable(header.path)
    else this.#handleOf(header, frame, fromChild)
    return true
  }

  #receiveDirect(header: HeaderOf<'peer-gone' | 'hub.expel'>, fromChild: string | null): boolean {
    if (header.type === 'peer-gone') {
      // A child may tell the end of those below it; its own is told by its connection.
      if (header.path === fromChild) throw new WireError(OF_ANOTHER)
      if (fromChild !== null) checkOwnEnd(header.path, fromChild)
      this.#peerGone(header.path, fromChild)
    } else if (header.type === 'hub.expel') this.#expel(header.path, header.message)
    else return false
    return true
  }

  /** Of what cannot be read, only the sender is at fault, and not those who passed it on: they do not look into it. */
  #handleOf(header: RoutedHeader, { payload, tail }: Frame, fromChild: string | null): void {
    try {
      this.#handle(header, payload, tail)
    } catch (error) {
      if (header.from === fromChild) throw error
      // One that is not below this process is not this one's to end: what it sent is dropped.
      if (isBelow(header.from, this.#run.path))
        this.#expel(header.from, (error as Error).message.slice(0, MOST_MESSAGE_CHARACTERS))
    }
  }

  /** Has a process ended by its parent. */
  #expel(path: string, message: string): void {
    const channel = this.#next(path)
    if (this.#children.get(path) === channel) channel?.fail(new WireError(message))
    else if (channel !== this.#parent) channel?.send({ type: 'hub.expel', path, message } as Header)
  }

  #passOn(header: RoutedHeader, { payload, tail }: Frame): void {
    const channel = this.#next(header.to)
    if (channel) channel.send(header, tail ? [payload, tail] : [payload])
    else if (header.type !== 'hub.unreachable') {
      this.send({ type: 'hub.unreachable', to: header.from, path: header.to })
    }
  }

  #unreachable(path: string): void {
    for (const service of this.#services.values()) service.onPeerGone((other) => other === path)
  }

  #handle(header: Header, payload: Uint8Array, tail?: WholeBytes): void {
    this.#handlers.get(header.type)?.(header, payload, tail)
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
