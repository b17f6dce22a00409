/** Programs that find little memory to share: /dev/shm of a size that is asked for, in a mount namespace of their own. */
import { spawnSync } from 'node:child_process'

/**
 * Docker's default, some, about what one page less than a ring needs, and nothing at all: used up by others, not to be written, or not
 * there.
 */
export type Shm = keyof typeof MOUNT

const MOUNT = {
  '64m': 'mount -t tmpfs -o size=64m tmpfs /dev/shm',
  '16m': 'mount -t tmpfs -o size=16m tmpfs /dev/shm',
  '64k': 'mount -t tmpfs -o size=64k tmpfs /dev/shm',
  full: 'mount -t tmpfs -o size=64k tmpfs /dev/shm && ! head -c 128k /dev/zero 2>/dev/null >/dev/shm/full',
  'read-only': 'mount -t tmpfs -o ro,size=64k tmpfs /dev/shm',
  missing: 'mount -t tmpfs tmpfs /dev && touch /dev/null',
} as const

/** Root may mount by itself; others need a user namespace, which not every kernel gives them. */
const UNSHARE = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
].find(([file = '', ...args]) => spawnSync(file, [...args, 'sh', '-c', MOUNT.full]).status === 0)

/** @returns what a command is called with, in front, so that it runs with such a /dev/shm */
export function withShm(shm: Shm): [file: string, ...args: string[]] {
  const [file = 'unshare', ...args] = UNSHARE ?? []
  return [file, ...args, 'sh', '-c', `${MOUNT[shm]} && exec "$@"`, 'sh']
}

/** Whether this machine lets us have one. */
export function canMountShm(): boolean {
  return UNSHARE !== undefined
}
