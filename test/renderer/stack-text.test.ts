import { expect, test } from 'vitest'
import { stackThreads } from '../../src/renderer/series/stack-text.ts'

test('threads, each with what it does and its calls', () => {
  const text = `second: late: waits
    Condition.wait (/usr/lib/python3.11/threading.py:327)
    <lambda> (a (b).py:2)

main: runs, and has the GIL
    (anonymous) (file:///app/busy.mjs:2:40)
    (native)`
  expect(stackThreads(text)).toEqual([
    {
      name: 'second: late',
      state: 'waits',
      calls: [
        { name: 'Condition.wait', place: '/usr/lib/python3.11/threading.py:327' },
        { name: '<lambda>', place: 'a (b).py:2' },
      ],
    },
    {
      name: 'main',
      state: 'runs, and has the GIL',
      calls: [
        { name: '(anonymous)', place: 'file:///app/busy.mjs:2:40' },
        { name: '(native)', place: '' },
      ],
    },
  ])
})

test('no calls, and nothing', () => {
  const idle = 'main: runs nothing, its event loop waits for something to happen'
  expect(stackThreads(idle)).toEqual([
    { name: 'main', state: 'runs nothing, its event loop waits for something to happen', calls: [] },
  ])
  expect(stackThreads('')).toEqual([])
})
