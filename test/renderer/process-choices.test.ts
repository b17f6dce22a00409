import { expect, test } from 'vitest'
import { processChoices } from '../../src/renderer/series/process-choices.ts'
import type { UserProcess } from '../../src/shared/user-process.ts'

function one(pid: number, ppid: number, name: string, more: Partial<UserProcess> = {}): UserProcess {
  return { pid, ppid, name, start: pid, command: name, cpuTimeMs: 0, ageMs: 0, memoryBytes: 0, runtime: null, ...more }
}

const processes = [
  one(10, 1, 'systemd'),
  one(20, 10, 'bash', { command: '/bin/bash -l' }),
  one(31, 20, 'python3', { command: 'python3 app.py', runtime: 'python' }),
  one(32, 31, 'python3', { command: 'python3 -c from multiprocessing.spawn', runtime: 'python' }),
  one(25, 10, 'node', { command: 'node server.js', runtime: 'node' }),
]
const shown = (search: string) =>
  processChoices(processes, search).map(
    ({ process, depth, isFound }) => `${'-'.repeat(depth)}${process.pid}${isFound ? '' : '?'}`,
  )

test('all of them as a tree, children below their parents', () => {
  expect(shown('')).toEqual(['10', '-20', '--31', '---32', '-25'])
})

test('what a search finds, below what it descends from', () => {
  expect(shown('APP.py')).toEqual(['10?', '-20?', '--31'])
  expect(shown('python spawn')).toEqual(['10?', '-20?', '--31?', '---32'])
  expect(shown('25')).toEqual(['10?', '-25'])
  expect(shown('no such thing')).toEqual([])
})

test('a circle of parents, which numbers that are used again can make, and a very long chain are no trouble', () => {
  const circle = [one(5, 6, 'a'), one(6, 5, 'b'), one(7, 7, 'c')]
  expect(processChoices(circle, '').map(({ process }) => process.name)).toEqual(['c'])
  const chain = Array.from({ length: 5_000 }, (_, i) => one(i + 2, i + 1, `p${i}`))
  expect(processChoices(chain, '').at(-1)).toMatchObject({ depth: 4_999 })
})
