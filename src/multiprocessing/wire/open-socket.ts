/**
 * Reading from a connection into one buffer that is used again and again: whatever the kernel holds is taken out in one call, so
 * that the other side can write on while this one works. By streams' own means it comes in pieces of 64 KiB, each allocated.
 */
import { Socket } from 'node:net'

/** As much as a socket between two processes holds on Linux, and a little more. */
const BUFFER_BYTES = 256 * 1024

/** One for all connections of this process: what is read is dealt with before anything else is read. */
let shared: Buffer | undefined

/**
 * @param source a file descriptor, or a socket that nobody has read from; a socket that has a handle is used up by this
 * @param onBytes called with what was read; the memory is used again after it returns
 */
export function openSocket(source: Socket | number, onBytes: (bytes: Buffer) => void): Socket {
  shared ??= Buffer.allocUnsafeSlow(BUFFER_BYTES)
  const buffer = shared
  const callback = (count: number) => {
    onBytes(buffer.subarray(0, count))
    return true
  }
  const options = { onread: { buffer, callback }, readable: true, writable: true }
  if (typeof source === 'number') return new Socket({ fd: source, ...options })
  const handle = takeHandle(source)
  if (handle) return new Socket({ handle, ...options } as object)
  source.on('data', onBytes)
  return source
}

/**
 * A child's stream is made by `spawn`, which knows nothing of `onread`. What it wraps can be wrapped again; where a future Node
 * does not let us, the stream is read as it is.
 */
function takeHandle(socket: Socket): object | undefined {
  const inner = socket as unknown as { _handle?: { readStop?(): number; reading?: boolean } | null }
  const handle = inner._handle
  if (!handle || socket.bytesRead > 0) return undefined
  handle.readStop?.()
  handle.reading = false
  inner._handle = null
  return handle
}
