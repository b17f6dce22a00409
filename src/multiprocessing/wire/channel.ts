/** One end of the connection between a process and its parent: frames out in batches, frames in one by one. */
import { Socket } from 'node:net'
import { encodeFrame, type Frame, FrameReader, type Header, type Payload } from './frames.ts'
import { type AnyOf, checkHeader } from './messages.ts'
import { LEAST_SHARED_BYTES, SharedBuffer } from './shared-buffer.ts'

export interface ChannelListener {
  onFrame(frame: Frame): void
  /** The other end is gone, after everything that it wrote has been read. `error` is set if the bytes were at fault. */
  onClose(error: Error | null): void
}

const NOTHING: readonly Uint8Array[] = []

/** So much that is large goes by the socket before memory is asked for. */
const WORTH_MEMORY_BYTES = 1024 * 1024

type ChannelMessage = 'hello' | 'want-memory' | 'memory' | 'memory-mapped'
const OF_CHANNELS: ReadonlySet<string> = new Set<ChannelMessage>(['hello', 'want-memory', 'memory', 'memory-mapped'])

/** Whether a message is from one end of a connection to the other, which is told to nobody. */
export function isOfChannels(type: string): type is ChannelMessage {
  return OF_CHANNELS.has(type)
}

const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

/**
 * Once the other end is gone a write fails, and a stream that fails is destroyed with what it has not read: what the other end had
 * acknowledged and put before would be lost. So such a write counts as done, and the end is what comes by reading.
 */
function readToTheEnd(socket: Socket): Socket {
  type Done = (error?: Error | null) => void
  const unlessGone = (done: Done): Done => {
    return (error) => done(GONE.has((error as NodeJS.ErrnoException | null | undefined)?.code) ? null : error)
  }
  const { _write, _writev } = socket
  socket._write = (chunk, encoding, done) => _write.call(socket, chunk, encoding, unlessGone(done))
  if (_writev) socket._writev = (chunks, done) => _writev.call(socket, chunks, unlessGone(done))
  return socket
}

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
  readonly #side: 'parent' | 'child'
  /** What goes by the memory that both ends share, once both have it. */
  #shared: SharedBuffer | null = null
  /** The parent's end of memory that the child may not have yet. */
  #offered: SharedBuffer | null = null
  /** How much of it has gone by the socket until it is worth memory; null once that is asked for, or cannot be had. */
  #largeBytes: number | null = 0
  #wasOffered = false
  /** Called when the other end has said that it is up. */
  onHello: (() => void) | null = null
  /** Whether it has. */
  greeted = false

  /** @param source the connection, of which nothing has been read yet, or its file descriptor */
  constructor(source: Socket | number) {
    // A child inherits its end; its parent has made both.
    this.#side = typeof source === 'number' ? 'child' : 'parent'
    const socket = typeof source === 'number' ? new Socket({ fd: source, readable: true, writable: true }) : source
    readToTheEnd(socket).on('data', (chunk: Buffer) => {
      if (this.#error) return
      try {
        for (const frame of this.#reader.push(chunk)) {
          if (!this.#receive(frame.header)) this.#listener?.onFrame(frame)
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
      for (const shared of new Set([this.#shared, this.#offered, this.#reader.shared])) shared?.close()
      this.#shared = this.#offered = this.#reader.shared = null
      this.#listener?.onClose(this.#error)
    })
  }

  /** From now on, frames and the end are told to this one. Frames that come before anybody listens are lost. */
  listen(listener: ChannelListener): void {
    this.#listener = listener
    if (this.#closed) process.nextTick(() => listener.onClose(this.#error))
  }

  /** Says to the parent that this end is up. */
  greet(): void {
    this.send({ type: 'hello' })
  }

  /** @returns whether it was for this end alone, and so is dealt with */
  #receive(header: Header): boolean {
    if (!isOfChannels(header.type)) return false
    checkHeader(header, this.#side === 'parent' ? 'child' : 'parent')
    const message = header as AnyOf<ChannelMessage>
    switch (message.type) {
      case 'hello':
        this.greeted = true
        this.onHello?.()
        break
      case 'want-memory':
        this.#offerMemory()
        break
      case 'memory':
        this.#shared = SharedBuffer.open(message) ?? null
        this.#reader.shared = this.#shared
        this.#largeBytes = null
        this.send({ type: 'memory-mapped', mapped: this.#shared !== null } as Header)
        break
      case 'memory-mapped':
        // What was sent before this went by the socket, whichever way it went.
        if (message.mapped) this.#shared = this.#offered
        else this.#offered?.close()
        this.#offered = null
        this.#reader.shared = this.#shared
    }
    return true
  }

  /** Once much that is large has gone by the socket, memory is worth what it costs to have it: some milliseconds on both sides. */
  #considerMemory(payload: readonly Uint8Array[]): void {
    if (this.#largeBytes === null) return
    let bytes = 0
    for (const part of payload) bytes += part.byteLength
    if (bytes < LEAST_SHARED_BYTES) return
    this.#largeBytes += bytes
    if (this.#largeBytes < WORTH_MEMORY_BYTES) return
    if (this.#side === 'child') {
      this.#largeBytes = null
      this.send({ type: 'want-memory' })
    } else if (this.greeted) this.#offerMemory()
  }

  #offerMemory(): void {
    // Once, whatever the other end says.
    if (this.#wasOffered) return
    this.#wasOffered = true
    this.#largeBytes = null
    const made = SharedBuffer.create()
    if (!made) return
    this.#offered = made.buffer
    // The child may write to it before it is known here that it can.
    this.#reader.shared = made.buffer
    this.send({ type: 'memory', ...made.place } as Header)
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
    const parts = typeof payload === 'function' ? payload() : payload
    this.#push(encodeFrame(header, parts, this.#shared))
    if (parts.length > 0) this.#considerMemory(parts)
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
