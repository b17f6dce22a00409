import { afterEach, expect, test } from 'vitest'
import { createApi } from '../../src/main/api.ts'
import { MOST_RUNNING, Sessions } from '../../src/main/session/sessions.ts'
import { applyPatch } from '../../src/session/patch.ts'
import { createSessionState } from '../../src/session/state.ts'
import { MALFORMED, NEXT, playedProgram } from '../fixtures/played-program.ts'

const sessions = new Sessions({
  programs: [playedProgram('willing', ['signal', 'next']), playedProgram('mute', [], MALFORMED)],
})

afterEach(() => Promise.all(sessions.overview().sessions.map(({ session }) => sessions.stop(session))))

function view(id: string) {
  const state = createSessionState(id, '', '')
  const patch = sessions.patch(id, 0)
  if (patch) applyPatch(state, patch)
  return { ...state, nowUs: patch?.nowUs }
}

test('a source of a kind that is not known has a session, by its own clock', async () => {
  const id = await sessions.start('willing', {})
  const { head, processes, lanes, output, problems, nowUs } = view(id)
  expect(head).toMatchObject({ title: 'Played willing', phase: 'running', startedAt: '1999-12-31T23:59:59.000Z' })
  expect(output.items.map(({ text }) => text)).toEqual(['it was played'])
  expect([...processes.rows.values()]).toMatchObject([
    { name: 'alpha', state: 'sleeping', isApp: false, isSilent: false },
    { name: 'kappa', isSilent: true },
  ])
  // Of what the silent one does nothing is known, and nothing is drawn.
  expect([...lanes.keys()]).toEqual(['a'])
  expect(problems.rows.size).toBe(0)
  expect(nowUs).toBe(5_000)
})

test('it is told commands, also one that no other source knows, and asked for nothing else', async () => {
  const [willing, mute] = await Promise.all([sessions.start('willing', {}), sessions.start('mute', {})])
  expect(await sessions.command(willing, NEXT)).toEqual({ atUs: 60_000_000 })
  expect(view(willing).output.items.map(({ text }) => text)).toEqual(['it was played', 'a minute later'])
  const kill = { type: 'signal', process: 'k', signal: 'SIGKILL' }
  await sessions.command(willing, kill)
  expect(view(willing).processes.rows.get('k')).toMatchObject({ state: 'exited', signal: 'SIGKILL' })
  await expect(sessions.command(willing, kill)).rejects.toThrow('kappa has ended already')
  await expect(sessions.command(willing, { type: 'retry', task: 't' })).rejects.toThrow('cannot be told to retry')
  await expect(sessions.command(mute, kill)).rejects.toThrow('cannot be told to signal')
  expect(sessions.overview().sessions.find(({ session }) => session === mute)?.can).toEqual([])
})

test('it ends, and its processes are not counted among those of this machine', async () => {
  const id = await sessions.start('willing', {})
  expect(sessions.overview()).toMatchObject({ running: 1, processes: 0, cpuPercent: 0 })
  expect(await sessions.stop(id)).toEqual({ leftovers: 0 })
  expect(view(id).head).toMatchObject({ phase: 'stopped', endedAtUs: 5_000 })
  await expect(sessions.command(id, NEXT)).rejects.toThrow('does not run any more')
})

test('so many run at a time, and what was to take the place of one is not started for a tab that is gone', async () => {
  const ids = await Promise.all(Array.from({ length: MOST_RUNNING - 1 }, () => sessions.start('mute', {})))
  const api = createApi(sessions, { version: '1', host: 'browser', versions: {} })
  const tab = api.connect({ push: () => {}, busy: () => false })
  const restarted = tab.call('startProgram', { program: 'mute', parameters: {}, instead: ids[0] })
  tab.close()
  expect(await restarted).toMatchObject({ ok: false, error: { code: 'conflict' } })
  expect(sessions.overview().running).toBe(MOST_RUNNING - 2)
  await Promise.all([sessions.start('mute', {}), sessions.start('mute', {})])
  expect(() => sessions.start('mute', {})).toThrow('stop one of them first')
})

test('what it tells that is no event is one problem of that session, with how often', async () => {
  const id = await sessions.start('mute', {})
  expect([...view(id).problems.rows.values()]).toMatchObject([{ kind: 'malformed-event', count: 3 }])
})
