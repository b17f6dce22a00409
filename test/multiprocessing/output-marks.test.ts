import { expect, test } from 'vitest'
import { Pool } from '../../src/multiprocessing/index.ts'
import { MarkReader, outputMark } from '../../src/multiprocessing/run/output-marks.ts'
import { printNumber } from '../fixtures/targets.ts'
import { runObserved } from './observed.ts'

const text = `before${outputMark(1)}one\n${outputMark(12)}twelve \u001b[31mred\u001b[0m${outputMark(0)}after\u001b_other\u001b\\`

/** @returns what is read of the text in pieces of so many characters, with what the same task printed put together */
function readIn(size: number): [number, string][] {
  const reader = new MarkReader()
  const found: [number, string][] = []
  const take = (pieces: ReturnType<MarkReader['read']>) => {
    for (const { text, task } of pieces) {
      const last = found.at(-1)
      if (last?.[0] === task) last[1] += text
      else found.push([task, text])
    }
  }
  for (let at = 0; at < text.length; at += size) take(reader.read(text.slice(at, at + size)))
  take(reader.end())
  return found
}

test('marks say which task printed what follows, in whatever pieces the text comes, and nothing else is taken out', () => {
  for (let size = 1; size <= text.length; size++) {
    expect(readIn(size)).toEqual([
      [0, 'before'],
      [1, 'one\n'],
      [12, 'twelve \u001b[31mred\u001b[0m'],
      [0, 'after\u001b_other\u001b\\'],
    ])
  }
})

test('what only begins like a mark is text, at the latest at the end', () => {
  const reader = new MarkReader()
  expect([...reader.read('x\u001b_forkscope task 1'), ...reader.read('x'), ...reader.read('\u001b')]).toEqual([
    { text: 'x', task: 0 },
    { text: '\u001b_forkscope task 1x', task: 0 },
  ])
  expect(reader.end()).toEqual([{ text: '\u001b', task: 0 }])
})

test('each line of a worker is told with the task that printed it, however late it is read', async () => {
  const { of, output } = await runObserved(async () => {
    await using pool = new Pool(2)
    await Promise.all(Array.from({ length: 200 }, (_, n) => pool.applyAsync(printNumber, [n])))
  })
  expect(output()).not.toContain('\u001b')
  // The k-th task that a process has begun, by its name.
  const begun = new Map<string, string[]>()
  for (const { process, task } of of('task.started')) begun.set(process, [...(begun.get(process) ?? []), task])
  const names = new Map(of('task.submitted').map(({ task, name }) => [task, name]))
  const printed = of('process.output').flatMap(({ process, text, taskOfProcess = 0 }) => {
    const task = names.get(begun.get(process)?.[taskOfProcess - 1] ?? '')
    return [...text.matchAll(/number (\d+)\n/g)].map(([, number]) => [task, `printNumber(${number})`])
  })
  expect(printed).toHaveLength(100)
  for (const [task, call] of printed) expect(task).toBe(call)
})
