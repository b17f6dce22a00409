/** What comes before a command, so that it finds another /dev/shm than everybody else: in a mount namespace of its own. */
import { spawnSync } from 'node:child_process'

/** With root's rights a mount namespace is enough; without, the kernel may give a user namespace as well. */
const UNSHARE = [
  ['unshare', '-m'],
  ['unshare', '-rm'],
].find(
  ([command = '', flags = '']) => spawnSync(command, [flags, 'mount', '-t', 'tmpfs', 'none', '/dev/shm']).status === 0,
)

/** Whether this machine lets us have a /dev/shm of our own. */
export const canMount = UNSHARE !== undefined

/**
 * @param mount the shell's words that make /dev/shm what it shall be
 * @returns the words that go before a command
 */
export function withSharedMemory(mount: string): string[] {
  if (!UNSHARE) throw new Error('This machine lets nobody mount anything: ask canMount first.')
  return [...UNSHARE, 'sh', '-c', `${mount} && exec "$@"`, 'sh']
}

/** A /dev/shm of so many KiB. */
export const sharedMemoryOf = (kib: number): string[] =>
  withSharedMemory(`mount -t tmpfs -o size=${kib}k none /dev/shm`)

/** One in which there is no room at all. */
export const fullSharedMemory = (): string[] =>
  withSharedMemory('mount -t tmpfs -o size=64k none /dev/shm && { cat /dev/zero > /dev/shm/full 2>/dev/null; true; }')
