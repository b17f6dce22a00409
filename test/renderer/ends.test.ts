/** Pipes and sockets in words. */
import { expect, test } from 'vitest'
import { endTitle, endVerb, unreadWords } from '../../src/renderer/series/ends.ts'
import type { ConnectedEnd } from '../../src/shared/telemetry.ts'

const pipe: ConnectedEnd = { link: 'pipe:[7]', end: 'read', descriptors: [0, 5], with: ['2.2'] }
const socket: ConnectedEnd = { link: 'socket:[8]', end: 'both', descriptors: [3], with: ['2.2'], unreadBytes: 1_234 }

test.each([
  [pipe, 'a pipe from'],
  [{ ...pipe, end: 'write' }, 'a pipe to'],
  [{ ...pipe, end: 'both' }, 'both ends of a pipe, as'],
  [socket, 'a socket to'],
  [{ ...socket, isGuess: true }, 'a socket, probably to'],
] as const)('%o', (end, words) => {
  expect(endVerb(end)).toBe(words)
})

test('by which descriptors it is had, and what was not read', () => {
  expect(endTitle(pipe)).toBe('pipe:[7], descriptor 0, 5')
  expect([pipe, socket, { ...socket, unreadBytes: 1 }, { ...socket, unreadBytes: 0 }].map(unreadWords)).toEqual([
    '',
    ', 1 KB not read',
    ', 1 byte not read',
    '',
  ])
})
