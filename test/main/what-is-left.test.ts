import { expect, test } from 'vitest'
import { WhatIsLeft } from '../../src/main/hosts/what-is-left.ts'
import { LIMITS } from '../../src/session/limits.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'

const problem = (n: number, task?: string): TelemetryEvent => ({
  ...{ type: 'problem.raised', atUs: n, problem: `p${n}`, kind: 'task-failed', message: 'x' },
  ...(task !== undefined && { task }),
})
const observed = (task: string): TelemetryEvent => ({ type: 'task.observed', atUs: 0, task })

function after(events: TelemetryEvent[]): boolean {
  const left = new WhatIsLeft()
  for (const event of events) left.event(event)
  return left.isNothing
}

test('a problem counts, however many others have come after it, unless the program has looked at its task', () => {
  const many = Array.from({ length: 3 * LIMITS.ended.problems }, (_, n) => [problem(n, `t${n}`), observed(`t${n}`)])
  expect(after([])).toBe(true)
  expect(after(many.flat())).toBe(true)
  expect(after([problem(-1), ...many.flat()])).toBe(false)
  expect(after([problem(-1, 'seen late'), ...many.flat()])).toBe(false)
  expect(after([problem(-1, 'seen late'), ...many.flat(), observed('seen late')])).toBe(true)
})
