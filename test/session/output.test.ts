/** Output in the window: every character once, a line that is drawn anew while that happens, nothing that only a terminal understands. */
import { expect, test } from 'vitest'
import { applyTail, createLog, tailSince } from '../../src/session/log.ts'
import { reduce } from '../../src/session/reduce.ts'
import { createReducedState } from '../../src/session/state.ts'
import type { OutputLine } from '../../src/shared/session-state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { reduceAll } from './reduced.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
const DANGEROUS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

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
  return { print, styled: () => seen.items.map((line) => line.styled ?? null) }
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
  ['a colour by one C1 character', ['a \x9b31mred'], 'a red'],
  ['a title by one C1 character', ['a\x9d0;title\x9cb'], 'ab'],
  ['what turns the direction of text', ['a\u202ecod.exe\u2066b\u200f'], 'a�cod.exe�b�'],
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

test('colours are kept beside the text, by whichever pieces they come, and go on in the next line', () => {
  const { print, styled } = printer()
  print('a \x1b[3')
  expect(print('1;1mred\x1b[22m\nstill\x1b[K red\x1b[39m not\nplain\n')).toEqual(['a red', 'still red not', 'plain'])
  expect(styled()).toEqual(['a \x1b[31;1mred\x1b[22m', '\x1b[31mstill red\x1b[39m not', null])
})

test('a colour that was begun before a line is drawn anew colours what is drawn', () => {
  const { print, styled } = printer()
  print('\x1b[32m10 %\r')
  expect(print('20 %\n')).toEqual(['20 %'])
  expect(styled()).toEqual(['\x1b[32m20 %'])
})

test('a long line in colours comes in pieces, each in its colour, and colours without text are no line’s', () => {
  const { print, styled } = printer()
  const lines = print(`\x1b[38;5;208m${'x'.repeat(5_000)}${'\x1b[31m'.repeat(50_000)}\n`)
  expect(lines.join('')).toBe('x'.repeat(5_000))
  expect(styled().every((line) => line === null)).toBe(true)
  print(`\x1b[38;5;208m${'y'.repeat(4_001)}😀\x1b[0m`)
  expect(styled().slice(-2)).toEqual([`\x1b[38;5;208m${'y'.repeat(4_000)}`, '\x1b[38;5;208my😀\x1b[0m'])
})

test('names, labels, messages and errors cannot move a cursor, set a clipboard or turn the direction of text', () => {
  const bad = 'a\x1b]52;c;aGk=\x07\x9b2J\u202eb\x1b[1;1H\rc\nd\x85'
  const error = { name: bad, message: bad, stack: bad, properties: { [bad]: [bad] } }
  const events: TelemetryEvent[] = [
    { ...{ type: 'session.started', atUs: 0, program: bad, title: bad }, parameters: { [bad]: bad }, startedAt: bad },
    {
      ...{ type: 'process.started', atUs: 0, process: '0', name: bad, pid: 1, parentPid: 0 },
      parent: null,
      kind: 'main',
    },
    { type: 'process.state', atUs: 0, process: '0', state: 'waiting', waitingOn: { what: 'get', label: bad } },
    { type: 'queue.created', atUs: 0, queue: 'q', name: bad, maxsize: 0, process: '0' },
    { type: 'pool.created', atUs: 0, pool: 'w', name: bad, size: 1, process: '0' },
    { type: 'task.submitted', atUs: 0, task: 't', pool: 'w', name: bad },
    { type: 'task.failed', atUs: 0, task: 't', error },
    {
      ...{ type: 'problem.raised', atUs: 0, problem: 'e', kind: 'task-failed' },
      message: bad,
      consequence: bad,
      error,
    },
    { type: 'process.exited', atUs: 0, process: '0', exitCode: null, signal: bad },
  ]
  const texts: string[] = []
  const look = (value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    else if (value instanceof Map) for (const each of value.values()) look(each)
    else if (typeof value === 'object' && value !== null) {
      texts.push(...Object.keys(value))
      for (const each of Object.values(value)) look(each)
    }
  }
  look(reduceAll(events))
  expect(texts.filter((text) => text.includes('a')).length).toBeGreaterThan(20)
  for (const text of texts) expect(text).not.toMatch(DANGEROUS)
})
