/**
 * Memory that several processes of one machine see at once: what one writes, the others read, without a system call.
 *
 * JavaScript alone cannot map memory, so this needs `koffi`, an optional dependency, and Linux: an anonymous file
 * (`memfd_create(2)`) that other processes of the same user open through `/proc`. Sealed, so that nobody can cut it: to read what
 * was cut off would end a process. Where any of this cannot be had (no koffi, Electron's memory cage, no /proc) there is none, and
 * who asks must go another way.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'

const MFD_CLOEXEC = 1
const MFD_ALLOW_SEALING = 2
const F_ADD_SEALS = 1033
const F_GET_SEALS = 1034
const F_SEAL_SEAL = 1
const F_SEAL_SHRINK = 2
const F_SEAL_GROW = 4
const PROT_READ_WRITE = 3
const MAP_SHARED = 1

/** Where another process finds it. */
export interface MemoryPlace {
  pid: number
  fd: number
}

/** The bytes, until `unmap`: whoever has a view of them must have dropped it by then, for to touch it would end the process. */
export interface MappedMemory {
  readonly bytes: ArrayBuffer
  unmap(): void
}

interface System {
  createFile(name: string, flags: number): number
  control(fd: number, command: number, argument: number): number
  /** Throws if the memory cannot be mapped. */
  map(fd: number, bytes: number): MappedMemory
}

let system: System | null | undefined

/** Loaded when it is first needed, for that takes milliseconds. @returns null where there can be no such memory */
function load(): System | null {
  if (process.platform !== 'linux' || process.versions.electron || process.env.FORKSCOPE_NO_MAPPED_MEMORY) return null
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const libc = koffi.load(null)
    const mmap = libc.func('intptr_t mmap(void *at, size_t bytes, int protection, int flags, int fd, int64_t offset)')
    const munmap = libc.func('int munmap(intptr_t at, size_t bytes)')
    return {
      createFile: libc.func('int memfd_create(const char *name, unsigned int flags)'),
      control: libc.func('int fcntl(int fd, int command, int argument)'),
      map: (fd, bytes) => {
        const at = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0) as number
        if (at === -1) throw new Error('The memory cannot be mapped.')
        return { bytes: koffi.view(at, bytes), unmap: () => void munmap(at, bytes) }
      },
    }
  } catch {
    return null
  }
}

function theSystem(): System | null {
  if (system === undefined) system = load()
  return system
}

/** @returns new memory, zeros, and where others find it as long as this process keeps the file open; null where there can be none */
export function createMappedMemory(bytes: number): (MappedMemory & { place: MemoryPlace }) | null {
  const libc = theSystem()
  if (!libc) return null
  const fd = libc.createFile('forkscope', MFD_CLOEXEC | MFD_ALLOW_SEALING)
  if (fd < 0) return null
  try {
    ftruncateSync(fd, bytes)
    if (libc.control(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) !== 0) throw new Error('not sealed')
    const { unmap, bytes: view } = libc.map(fd, bytes)
    const close = () => {
      unmap()
      closeSync(fd)
    }
    return { bytes: view, unmap: close, place: { pid: process.pid, fd } }
  } catch {
    closeSync(fd)
    return null
  }
}

/**
 * @param place as another process says: it is checked that this is such memory, of that size, that nobody can cut
 * @returns the same memory; null if it cannot be had here
 */
export function openMappedMemory({ pid, fd }: MemoryPlace, bytes: number): MappedMemory | null {
  if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(fd)) return null
  const libc = theSystem()
  if (!libc) return null
  let file: number | undefined
  try {
    // What is no file must not hold this process up.
    file = openSync(`/proc/${pid}/fd/${fd}`, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY)
    const seals = libc.control(file, F_GET_SEALS, 0)
    if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstatSync(file).size !== bytes) return null
    return libc.map(file, bytes)
  } catch {
    return null
  } finally {
    // What is mapped stays mapped.
    if (file !== undefined) closeSync(file)
  }
}
