import { spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { catalog } from '../../src/main/programs/catalog.ts'
import { ownProgram } from '../../src/main/programs/own-program.ts'
import { MOST_ENDED, Sessions } from '../../src/main/session/sessions.ts'
import { applyPatch } from '../../src/session/patch.ts'
import { createSessionState } from '../../src/session/state.ts'
import { ApiError } from '../../src/shared/api.ts'
import { speedParameter } from '../../src/shared/parameters.ts'
import { libraryProgram } from '../../src/sources/library/library-source.ts'
import { parameters } from '../fixtures/forged-rows.ts'
import { playedProgram } from '../fixtures/played-program.ts'
import { isAlive, parentOf, waitUntil } from '../wait-until.ts'

let sessions: Sessions | undefined

function open(): Sessions {
  return (sessions = new Sessions({ programs: catalog }))
}

afterEach(async () => {
  await sessions?.stopAll()
  sessions = undefined
})

/** The session's state as a view has it. */
function view(of: Sessions, id: string) {
  const state = createSessionState(id, '', '')
  const patch = of.patch(id, 0)
  if (patch) applyPatch(state, patch)
  return state
}

function children(of: Sessions, id: string) {
  return [...view(of, id).processes.rows.values()].filter(({ isApp }) => !isApp)
}

test('a program runs in this process, its children are children of it, and stop leaves none', async () => {
  const all = open()
  const id = await all.start('dog-cat', {})
  const rows = await waitUntil('two children', () => {
    const found = children(all, id).filter(({ state }) => state === 'sleeping')
    return found.length === 2 && found
  })
  expect(rows.map(({ pid }) => parentOf(pid))).toEqual([process.pid, process.pid])
  expect(view(all, id).processes.rows.get('0')?.pid).toBe(process.pid)
  expect(await all.stop(id)).toEqual({ leftovers: 0 })
  expect(rows.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(view(all, id).head).toMatchObject({ phase: 'stopped', leftovers: 0 })
  expect(await all.stop(id)).toEqual({ leftovers: 0 })
})

test('what a stop ends was stopped by the user, and what it lets not begin has not failed', async () => {
  const all = open()
  const id = await all.start('spider', {})
  await waitUntil('a task that runs', () =>
    [...view(all, id).tasks.rows.values()].some(({ state }) => state === 'running'),
  )
  await all.stop(id)
  const { processes, tasks, pools, problems } = view(all, id)
  const ended = [...processes.rows.values()]
  expect(ended.length).toBeGreaterThan(1)
  for (const row of ended) expect(row).toMatchObject({ state: 'exited', stoppedBy: 'you' })
  for (const { state } of tasks.rows.values()) expect(['done', 'stopped']).toContain(state)
  expect([...pools.rows.values()]).toMatchObject([{ failed: 0, running: 0, waiting: 0 }])
  expect(problems.rows.size).toBe(0)
})

test('two programs at once do not mix', async () => {
  const all = open()
  const [pets, spider] = await Promise.all([all.start('dog-cat', {}), all.start('spider', {})])
  await waitUntil('all children', () => children(all, pets).length === 2 && children(all, spider).length === 4)
  expect(children(all, pets).map(({ name }) => name)).toEqual(['dog', 'cat'])
  expect(view(all, pets).queues.rows.size).toBe(0)
  expect(view(all, spider).queues.rows.size).toBe(1)
  expect(all.overview()).toMatchObject({ running: 2 })
  await all.stop(pets)
  expect(children(all, spider).every(({ pid }) => isAlive(pid))).toBe(true)
})

test('starting instead of a session takes its place, and its processes are gone by then', async () => {
  const all = open()
  const first = await all.start('dog-cat', {})
  const before = await waitUntil('children', () => children(all, first).length === 2 && children(all, first))
  const second = await all.start('dog-cat', {}, first)
  expect(before.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(second).not.toBe(first)
  expect(() => all.patch(first, 0)).toThrow(ApiError)
})

test('a session is replaced once, also if two ask for that at the same time', async () => {
  const all = open()
  const first = await all.start('dog-cat', {})
  const second = all.start('dog-cat', {}, first)
  expect(() => all.start('dog-cat', {}, first)).toThrow('It is being started anew already')
  const id = await second
  expect(all.overview().sessions.map(({ session }) => session)).toEqual([id])
  expect(() => all.start('dog-cat', {}, first)).toThrow('not kept any more')
})

test('several sessions of one program run beside each other, and stop one by one', async () => {
  const all = open()
  const [first, second] = await Promise.all([all.start('dog-cat', {}), all.start('dog-cat', {})])
  await waitUntil('all children', () => [first, second].every((id) => children(all, id).length === 2))
  expect(all.overview()).toMatchObject({ running: 2, processes: 5 })
  await all.stop(first)
  expect(all.overview().sessions).toMatchObject([
    { session: first, program: 'dog-cat', phase: 'stopped', can: [] },
    { session: second, program: 'dog-cat', phase: 'running', can: ['signal', 'retry'] },
  ])
  expect(children(all, second).every(({ pid }) => isAlive(pid))).toBe(true)
})

test('a program of the user’s own is counted by its own processes, of which the app is none', async () => {
  sessions = new Sessions({ programs: [ownProgram] })
  const all = sessions
  const id = await all.start('own', { command: `sh -c 'sleep 60; true'`, folder: '' })
  await waitUntil('the shell and what it runs', () => children(all, id).length === 2)
  expect(all.overview()).toMatchObject({ running: 1, processes: 2 })
  await all.stopAll()
  expect(all.overview()).toMatchObject({ running: 0, processes: 0 })
})

test('of those that have ended the latest are kept, and it is said how many are not', async () => {
  const all = new Sessions({ programs: [playedProgram('played', [])] })
  const ids: string[] = []
  for (let i = 0; i < MOST_ENDED + 3; i++) ids.push(await all.start('played', {}))
  for (const id of ids) await all.stop(id)
  const { sessions: kept, forgotten } = all.overview()
  expect(kept.map(({ session }) => session)).toEqual(ids.slice(3))
  expect([kept[0]?.number, forgotten]).toEqual([4, 3])
  expect(() => all.patch(ids[0] as string, 0)).toThrow('not kept any more')
})

test('bad input is refused in a sentence and starts nothing', async () => {
  const all = open()
  expect(() => all.start('cat-dog', {})).toThrow('There is no program "cat-dog"; known are: dog-cat')
  expect(() => all.start('spider', { pages: 0 })).toThrow('Pages must be between 1 and 200, but 0 is not.')
  expect(() => all.start('spider', { colour: 1 })).toThrow('There is no parameter "colour"')
  expect(() => all.stop('nobody')).toThrow(ApiError)
  expect(all.overview()).toMatchObject({ running: 0, processes: 0 })
})

test('a patch brings a view from any revision to the same state as the whole', async () => {
  const all = open()
  const id = await all.start('spider', { speed: 10, pages: 4 })
  const followed = createSessionState(id, '', '')
  let rev = 0
  await waitUntil('the end', () => {
    const patch = all.patch(id, rev)
    if (patch) {
      expect(applyPatch(followed, patch)).toBe(true)
      rev = patch.rev
    }
    return followed.head.endedAtUs !== null
  })
  const last = all.patch(id, rev)
  if (last) applyPatch(followed, last)
  expect(followed).toEqual(view(all, id))
  expect(followed.head.phase).toBe('finished')
})

test('signals reach a child, and only a child', async () => {
  const all = open()
  const id = await all.start('dog-cat', {})
  const rows = await waitUntil('children', () => children(all, id).length === 2 && children(all, id))
  const [dog] = rows
  if (!dog) throw new Error('no dog')
  const kill = (process: string) => all.command(id, { type: 'signal', process, signal: 'SIGKILL' })
  await expect(kill('0')).rejects.toThrow('main is Forkscope itself')
  await expect(kill('0.9')).rejects.toThrow('no such process')
  await kill(dog.id)
  await waitUntil('the end of dog', () => view(all, id).processes.rows.get(dog.id)?.signal === 'SIGKILL')
  await expect(kill(dog.id)).rejects.toThrow('dog has ended already')
})

test('a pid that a process only tells is not signalled, unless the kernel has it below that process', async () => {
  const bystander = spawn('sleep', ['60'])
  const module = new URL('../fixtures/forged-rows.ts', import.meta.url)
  const about = { id: 'forged', title: 'Forged', summary: '', watch: '', sources: [] }
  const forged = libraryProgram({ ...about, module, parameters: { ...parameters, speed: speedParameter } })
  const all = (sessions = new Sessions({ programs: [forged] }))
  const id = await all.start('forged', { pid: bystander.pid as number })
  await waitUntil('the rows', () => children(all, id).length === 6)
  const kill = (process: string) => all.command(id, { type: 'signal', process, signal: 'SIGKILL' })
  for (const process of ['0.1.7', '0.1.8', '0.1.9', '0.1.10']) {
    await expect(kill(process)).rejects.toThrow(/was not signalled: the system knows no process \d+ of this program/)
  }
  await kill('0.1.1')
  await waitUntil('the end of the grandchild', () => view(all, id).processes.rows.get('0.1.1')?.signal === 'SIGKILL')
  expect(isAlive(bystander.pid as number)).toBe(true)
  bystander.kill()
})

test('nothing is started any more once it closes', async () => {
  const all = open()
  await all.stopAll()
  await expect(all.start('dog-cat', {})).rejects.toThrow('Forkscope is closing')
})
