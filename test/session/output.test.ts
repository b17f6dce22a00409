/** Output in the window: every character once, a line that is drawn anew while that happens, nothing that only a terminal understands. */
import { expect, test } from 'vitest'
import { applyTail, createLog, tailSince } from '../../src/session/log.ts'
import { reduce } from '../../src/session/reduce.ts'
import { createReducedState } from '../../src/session/state.ts'
import type { OutputLine } from '../../src/shared/session-state.ts'

function printer() {
  const state = createReducedState('s', 'p', 'P')
  // What a window has that is brought up to date after each event.
  const seen = createLog<OutputLine>()
  let rev = 0
  const print = (text: string, process = '0', stream: OutputLine['stream'] = 'stdout') => {
    reduce(state, { type: 'process.output', atUs: ++rev, process, stream, text })
    const tail = tailSince(state.output, rev - 1)
    if (tail) applyTail(seen, structuredClone(tail))
    rev = state.rev
    expect(seen.items.map((line) => line.text)).toEqual(state.output.items.map((line) => line.text))
    return seen.items.map((line) => line.text)
  }
  return { print }
}

test('a line is there before it has an end, and grows', () => {
  const { print } = printer()
  expect(print('one')).toEqual(['one'])
  expect(print(' two\nthree')).toEqual(['one two', 'three'])
  expect(print('\r')).toEqual(['one two', 'three'])
  expect(print('\n\nfour\n')).toEqual(['one two', 'three', '', 'four'])
})

test('a progress bar is one line while it is drawn, also between the lines of others', () => {
  const { print } = printer()
  expect(print('\r10 %', 'a', 'stderr')).toEqual(['10 %'])
  expect(print('other\n', 'b')).toEqual(['10 %', 'other'])
  expect(print('\r20 %', 'a', 'stderr')).toEqual(['20 %', 'other'])
  expect(print('30 %\r40 %\r', 'a', 'stderr')).toEqual(['40 %', 'other'])
  expect(print('done\n', 'a', 'stderr')).toEqual(['done', 'other'])
})

test('what goes on after many other lines goes on below them, and is not told twice', () => {
  const { print } = printer()
  print('begun ')
  for (let i = 0; i < 60; i++) print(`${i}\n`, 'b')
  const lines = print('and done\n')
  expect([lines[0], lines.at(-1), lines.length]).toEqual(['begun ', 'and done', 62])
})

test.each([
  ['a colour', ['\x1b[31mred\x1b[0m \x1b[1mbold\x1b[22m'], 'red bold'],
  ['a colour in two pieces', ['a \x1b[3', '1mred\x1b', '[0m'], 'a red'],
  ['a link', ['\x1b]8;;http://x\x07link\x1b]8;;\x07'], 'link'],
  ['other controls', ['\0a\bb\x7fc'], '␀a␈b␡c'],
])('%s', (_, pieces, shown) => {
  const { print } = printer()
  let lines: string[] = []
  for (const piece of pieces) {
    lines = print(piece)
    expect(lines.join()).not.toMatch(/[␛[]/)
  }
  expect(lines).toEqual([shown])
})

test('a long line comes in pieces, every character once', () => {
  const { print } = printer()
  const long = `${'😀'.repeat(10_000)}end`
  let lines: string[] = []
  for (let at = 0; at < long.length; at += 1_501) lines = print(long.slice(at, at + 1_501))
  expect(lines.join('')).toBe(long)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(4_000)
  expect(print(`\n${long}\n`).slice(lines.length).join('')).toBe(long)
})
