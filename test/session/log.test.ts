import { describe, expect, it } from 'vitest'
import { append, applyTail, createLog, tailSince } from '../../src/session/log.ts'
import type { Log } from '../../src/shared/session-state.ts'

interface Item {
  rev: number
  value: number
}

function filled(count: number, limit = 1_000): Log<Item> {
  const log = createLog<Item>()
  for (let i = 1; i <= count; i++) append(log, { rev: i, value: i }, limit)
  return log
}

describe('log', () => {
  it('keeps at least the limit, and positions survive the drop', () => {
    const log = filled(500, 100)
    expect(log.items.length).toBeGreaterThanOrEqual(100)
    expect(log.items.length).toBeLessThanOrEqual(125)
    expect(log.items[0]?.value).toBe(log.first + 1)
    expect(log.items.at(-1)?.value).toBe(500)
  })

  it('gives only what changed, and nothing if nothing did', () => {
    const log = filled(10)
    expect(tailSince(log, 10)).toBeUndefined()
    expect(tailSince(log, 7)).toEqual({ first: 0, from: 7, items: log.items.slice(7) })
  })

  it('a copy that follows by tails equals the original, through changes at the end and drops at the front', () => {
    const log = createLog<Item>()
    const copy = createLog<Item>()
    let seen = 0
    for (let rev = 1; rev <= 300; rev++) {
      const end = log.items.at(-1)
      if (end && rev % 3 === 0) Object.assign(end, { rev, value: -rev })
      append(log, { rev, value: rev }, 40)
      if (rev % 7 === 0) {
        const tail = tailSince(log, seen)
        if (tail) applyTail(copy, structuredClone(tail))
        seen = rev
        expect(copy).toEqual(log)
      }
    }
  })
})
