/** The app goes on answering, whatever a source tells in one go. */
import { expect, test } from 'vitest'
import { createApi } from '../../src/main/api.ts'
import { Sessions } from '../../src/main/session/sessions.ts'
import { applyPatch } from '../../src/session/patch.ts'
import { createSessionState } from '../../src/session/state.ts'
import type { SessionPatch } from '../../src/shared/session-patch.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { PLAYED, playedProgram } from '../fixtures/played-program.ts'
import { manyTasks, randomEvents } from '../session/random-events.ts'
import { reduceAll, shown } from '../session/reduced.ts'
import { waitUntil } from '../wait-until.ts'

/** @returns what the main thread computed in the longest turn meanwhile, in ms. How busy the machine is does not matter */
async function longestTurn(act: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = process.threadCpuUsage()
  let goesOn = true
  const look = () => {
    const now = process.threadCpuUsage()
    longest = Math.max(longest, (now.user + now.system - last.user - last.system) / 1_000)
    last = now
    if (goesOn) setImmediate(look)
  }
  setImmediate(look)
  await act()
  goesOn = false
  return longest
}

/** What is said of them must not depend on when somebody looks. */
function leavesNoVerdict(event: TelemetryEvent): boolean {
  const { type } = event
  return type !== 'session.ended' && type !== 'process.described' && !('noticesDeaths' in event)
}

test.each([
  ['tasks', () => manyTasks(33_000)],
  ['anything', () => randomEvents(4, 100_000, 400).filter(leavesNoVerdict)],
])('a hundred thousand events of %s in one go', async (_, events) => {
  const list = events()
  const sessions = new Sessions({ programs: [playedProgram('many', [], list)] })
  const api = createApi(sessions, { version: '1', host: 'browser', versions: {} })
  const pushed: SessionPatch[] = []
  const view = api.connect({
    push: (name, value) => void (name === 'session' && pushed.push(value as SessionPatch)),
    busy: () => false,
  })
  const all = PLAYED.length + list.length + 1
  let id = ''
  const longest = await longestTurn(async () => {
    id = await sessions.start('many', {})
    await view.call('watchSession', { session: id })
    // What comes after the last piece is a patch in which nothing has changed.
    const isLast = (patch?: SessionPatch) =>
      patch?.rev === all && patch.since === all && Object.keys(patch).length === 4
    await waitUntil('everything has entered and was pushed', () => isLast(pushed.at(-1)))
  })
  expect(longest).toBeLessThan(100)
  const copy = createSessionState(id, '', '')
  for (const patch of pushed) expect(applyPatch(copy, patch)).toBe(true)
  const { tables, logs } = shown(copy)
  const whole = shown(reduceAll([{ type: 'moon.rose', atUs: 0 }, ...PLAYED, ...list] as TelemetryEvent[]))
  expect({ tables, logs }).toEqual({ tables: whole.tables, logs: whole.logs })
  await sessions.stop(id)
  view.close()
})
