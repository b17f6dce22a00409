/** One end of the connection between a process and its parent: frames out in batches, frames in one by one. */
import type { Socket } from 'node:net'
import { encodeFrame, type Frame, FrameReader, type Header, type Payload } from './frames.ts'
import { checkHeader, type HeaderOf } from './messages.ts'
import { openSocket } from './open-socket.ts'
import type { SharedBuffer } from './shared-buffer.ts'

export interface ChannelListener {
  onFrame(frame: Frame): void
  /** The other end is gone, after everything that it wrote has been read. `error` is set if the bytes were at fault. */
  onClose(error: Error | null): void
}

const NOTHING: readonly Uint8Array[] = []

/**
 * All frames sent in one turn of the event loop go out in one write (`writev`), at the turn's end or at `flush`,
 * whichever comes first, so many small messages cost one system call and an idle connection costs nothing.
 */
export class Channel {
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  #pending: Uint8Array[] = []
  #scheduled = false
  #closed = false
  #error: Error | null = null
  /** Called before anything is sent: what was held back goes first. */
  beforeSend: (() => void) | null = null

  #listener: ChannelListener | null = null
  #shared: SharedBuffer | null = null
  /** Called when the other end has said that it is up. */
  onHello: (() => void) | null = null
  /** Whether it has. */
  greeted = false

  /** @param source the connection, of which nothing has been read yet, or its file descriptor */
  constructor(source: Socket | number) {
    const socket = openSocket(source, (chunk) => {
      if (this.#error) return
      try {
        for (const frame of this.#reader.push(chunk)) {
          if (frame.header.type === 'hello') this.#greeted(frame.header)
          else this.#listener?.onFrame(frame)
        }
      } catch (error) {
        this.fail(error as Error)
      }
    })
    this.#socket = socket
    // A reset or a broken pipe only means that the other end is gone, which `close` tells.
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#closed = true
      this.#pending = []
      this.#reader.shared?.close()
      this.#listener?.onClose(this.#error)
    })
  }

  /** From now on, frames and the end are told to this one. Frames that come before anybody listens are lost. */
  listen(listener: ChannelListener): void {
    this.#listener = listener
    if (this.#closed) process.nextTick(() => listener.onClose(this.#error))
  }

  /**
   * From now on, what is large may come by this memory, and goes by it once the other end has said that it can read it. It is closed
   * with the connection.
   */
  share(shared: SharedBuffer): void {
    this.#reader.shared = shared
    if (this.#closed) shared.close()
  }

  /** Says to the parent that this end is up, and what it shares with it. */
  greet(shared: SharedBuffer | null): void {
    this.#reader.shared = shared
    this.#shared = shared
    this.send({ type: 'hello', shares: shared !== null } as HeaderOf<'hello'>)
  }

  #greeted(header: Header): void {
    checkHeader(header, 'child')
    if ((header as HeaderOf<'hello'>).shares) this.#shared = this.#reader.shared
    this.greeted = true
    this.onHello?.()
  }

  /** Whether nothing comes or goes any more, even if that was not told yet. */
  get closed(): boolean {
    return this.#closed || this.#error !== null
  }

  /** Bytes handed over that the kernel has not taken yet. */
  get backlogBytes(): number {
    return this.#socket.writableLength
  }

  get bytesRead(): number {
    return this.#socket.bytesRead
  }

  /** Sends a frame at the end of this turn. On a closed channel it does nothing: `onClose` has told. */
  send(header: Header, payload: Payload = NOTHING): void {
    if (this.#closed) return
    this.beforeSend?.()
    this.#push(encodeFrame(header, typeof payload === 'function' ? payload() : payload, this.#shared))
  }

  /** Sends what is a frame already. */
  sendEncoded(frame: readonly Uint8Array[]): void {
    if (this.#closed) return
    this.beforeSend?.()
    this.#push(frame)
  }

  #push(frame: readonly Uint8Array[]): void {
    this.#pending.push(...frame)
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      this.#write()
    })
  }

  /** Hands everything to the kernel now, as far as it takes it at once; the rest follows by itself. */
  writeNow(): void {
    this.beforeSend?.()
    this.#write()
  }

  /** Sends everything now. Resolves once the kernel has it, or at once if it took it right away or the channel is closed. */
  flush(): Promise<void> | undefined {
    this.writeNow()
    if (this.#closed || this.#socket.writableLength === 0) return undefined
    return new Promise((resolve) => {
      const done = () => {
        this.#socket.off('close', done)
        resolve()
      }
      this.#socket.once('close', done)
      this.#socket.write('', done)
    })
  }

  #write(): void {
    if (this.#pending.length === 0 || this.#closed) return
    const parts = this.#pending
    this.#pending = []
    this.#socket.cork()
    for (const part of parts) this.#socket.write(part)
    this.#socket.uncork()
  }

  /** Whether this connection keeps the event loop alive. */
  ref(keep: boolean): void {
    if (keep) this.#socket.ref()
    else this.#socket.unref()
  }

  /** Cuts the connection, because of what came by it; nothing more of it counts. */
  fail(error: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  /** Cuts the connection; what was sent before is still delivered. */
  end(): void {
    this.#write()
    this.#socket.end()
  }
}
