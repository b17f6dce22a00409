import { describe, expect, test } from 'vitest'
import { treeRows } from '../../src/renderer/series/process-tree.ts'
import type { ProcessRow } from '../../src/shared/session-state.ts'

/** @param pairs of an id and its parent's, in the order in which they come */
function rowsOf(...pairs: [string, string | null][]) {
  const rows = new Map(pairs.map(([id, parent]) => [id, { id, parent } as ProcessRow]))
  return treeRows(rows).map(({ row, level, childOf }) => `${level} ${row.id}${childOf ? ` of ${childOf.id}` : ''}`)
}

describe('the tree of processes', () => {
  test('has each child under its parent', () => {
    expect(rowsOf(['main', null], ['a', 'main'], ['aa', 'a'], ['aaa', 'aa'], ['ab', 'a'], ['b', 'main'])).toEqual([
      '0 main',
      '1 a',
      '2 aa',
      '3 aaa',
      '2 ab',
      '1 b',
    ])
  })

  test('moves no row when a grandchild comes: it is the last, and says whose child it is', () => {
    const before: [string, string | null][] = [
      ['main', null],
      ['a', 'main'],
      ['b', 'main'],
    ]
    const late: [string, string | null][] = [
      ['aa', 'a'],
      ['aaa', 'aa'],
      ['ab', 'a'],
      ['c', 'main'],
      ['aab', 'aa'],
    ]
    for (let n = 0; n <= late.length; n++) {
      expect(rowsOf(...before, ...late.slice(0, n)).slice(0, 3)).toEqual(rowsOf(...before))
    }
    expect(rowsOf(...before, ...late).slice(3)).toEqual(['1 aa of a', '2 aaa', '1 ab of a', '1 c', '1 aab of aa'])
  })

  test('has what is nobody’s at the top, and never a child under another’s parent', () => {
    expect(rowsOf(['x', 'gone'], ['y', null], ['xx', 'x'], ['yy', 'y'])).toEqual([
      '0 x',
      '0 y',
      '0 xx of x',
      '0 yy of y',
    ])
    expect(rowsOf(['child', 'late'], ['late', null])).toEqual(['0 child of late', '0 late'])
  })

  test('ends where parents go in a circle', () => {
    expect(rowsOf(['a', 'b'], ['b', 'a'])).toEqual(['0 a of b', '1 b'])
  })
})
