/** Python programs, unedited: their processes, exact totals, and the right sentence. Which Pythons, `FORKSCOPE_PYTHONS` says. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { waitUntil } from '../../wait-until.ts'
import { chosenPythons, onePython } from '../python/pythons.ts'
import { OwnProgram } from './own-program.ts'

const one = onePython()
const pythons = chosenPythons()
const ways = pythons.flatMap((python) => ['fork', 'spawn', 'forkserver'].map((method) => ({ ...python, method })))
const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/python', name)

describe.each(ways)('Python $version, $method', ({ command, method }) => {
  const start = (name: string) => OwnProgram.start([command, fixture(name), method])
  const verdict = (own: OwnProgram, kind: string) =>
    waitUntil(`it is said: ${kind}`, () => own.problems.find((problem) => problem.kind === kind))

  test('totals are exact, all processes have their names, and it prints and ends as by itself', async () => {
    await using own = await start('counted.py')
    expect(await own.session.ended).toBe('finished')
    const { stdout } = spawnSync(command, [fixture('counted.py'), method], { encoding: 'utf8' })
    expect([own.printed(), own.printed('stderr')]).toEqual([stdout, ''])
    const { state } = own.session
    const queue = [...state.queues.rows.values()].find(({ name }) => name.startsWith('JoinableQueue'))
    expect(queue).toMatchObject({ puts: 1_002, gets: 1_002, depth: 0, maxsize: 10 })
    const named = own.processes.filter(({ name }) => /^(maker|taker) \d$/.test(name))
    expect(named.map(({ name, exitCode, runtime }) => [name, exitCode, runtime?.startsWith('Python')]).sort()).toEqual(
      ['maker 0', 'maker 1', 'taker 0', 'taker 1'].map((name) => [name, 0, true]),
    )
    expect(own.problems).toEqual([])
  })

  test('a deadlock is named, with who waits for whom', async () => {
    await using own = await start('deadlock.py')
    const { message } = await verdict(own, 'deadlock')
    for (const words of ['Deadlock: ', 'Ann waits for ', 'which Bob has', 'Bob waits for ', 'which Ann has'])
      expect(message).toContain(words)
    // Both are made on one line, by who never takes them.
    const [, first = '', number = ''] = /Ann waits for lock \((\w+\.py:\d+)( #2)?\)/.exec(message) ?? []
    expect(message).toContain(`Bob waits for lock (${first}${number === '' ? ' #2' : ''})`)
    const ann = own.processes.find(({ name }) => name === 'Ann')
    expect(ann).toMatchObject({
      ...{ state: 'waiting', waitingOn: { what: 'acquire', label: `acquire lock (${first}${number})` } },
    })
    expect(await own.session.stop()).toEqual({ leftovers: 0 })
  })

  test('what waits in C, where there is no hook, is said to do what the kernel says', async () => {
    await using own = await start('in_c.py')
    const doing = (name: string) => own.processes.find((process) => process.name === name)?.waitingOn?.label
    await waitUntil('it waits', () => doing('pauser') === 'a signal')
    await waitUntil('its parent waits', () => doing('in_c.py') === 'events (poll)')
    const helper = { fork: undefined, spawn: 'resource tracker', forkserver: 'fork server' }[method]
    if (helper) await waitUntil('the helper waits', () => /^(events|reads a pipe from )/.test(doing(helper) ?? ''))
    process.kill(own.processes.find(({ name }) => name === 'pauser')?.pid ?? 0, 'SIGUSR1')
    await waitUntil('it goes on', () => own.processes.find(({ name }) => name === 'pauser')?.state === 'sleeping')
  })

  test('a task whose worker was killed is lost, and who waits for it for ever is named', async () => {
    await using own = await start('killed_worker.py')
    const problem = await verdict(own, 'task-lost')
    expect(problem.message).toMatch(
      /PoolWorker-\d was ended by SIGKILL while it ran square\(int\)\. .* killed_worker\.py waits for ever/,
    )
    const task = own.session.state.tasks.rows.get(problem.task ?? '')
    expect(task).toMatchObject({ state: 'running', process: problem.process })
  })

  test('a lock whose holder was killed is abandoned, whoever had it first', async () => {
    await using own = await start('abandoned_lock.py')
    const { message } = await verdict(own, 'lock-abandoned')
    expect(message).toMatch(
      /^Ann was ended by SIGKILL while it had lock \(abandoned_lock\.py:\d+\): Bob waits for it for ever/,
    )
  })

  test('a lock that another process has released is free, and was never said to be abandoned', async () => {
    await using own = await start('handed_lock.py')
    expect([await own.session.ended, own.printed()]).toEqual(['finished', 'got it\n'])
    expect(own.problems).toEqual([])
    const [lock] = own.of('object.created').filter(({ kind }) => kind === 'lock')
    const holders = own.of('object.changed').filter(({ object }) => object === lock?.object)
    expect(holders.at(-1)?.holders).toEqual([])
  })

  test("a deadlock by a manager's locks is named, with where they were made", async () => {
    await using own = await start('manager_locks.py')
    const { message } = await verdict(own, 'deadlock')
    expect(message).toMatch(
      /^Deadlock: Ann waits for lock \(manager_locks\.py:\d+ #2\), which Bob has; Bob waits for lock/,
    )
    expect(own.of('object.created').map(({ kind }) => kind)).not.toContain('pipe')
  })

  test('a pool whose workers end before they take a task is told', async () => {
    await using own = await start('dying_workers.py')
    const { message } = await verdict(own, 'worker-died')
    expect(message).toContain('ended with exit code 3')
    expect(message).toContain('tasks wait')
  })

  test('waits that have an end are none of the verdicts', async () => {
    await using own = await start('nobody_is_stuck.py')
    expect([await own.session.ended, own.printed()]).toEqual(['finished', '[0, 1, 2, 3, 4, 5, 6, 7]\n'])
    expect(own.problems).toEqual([])
  })

  test('a process that is joined before its items were got cannot end', async () => {
    await using own = await start('undrained.py')
    const problem = await verdict(own, 'cannot-end')
    expect(problem.message).toContain('2,000 items')
    expect(problem.message).toContain('undrained.py waits for it to end')
    const [queue] = own.session.state.queues.rows.values()
    expect(queue).toMatchObject({ puts: 2_000, gets: 0, depth: 2_000 })
  })
})

test.each(pythons)(
  'Python $version: an event loop says how many tasks it has, and what has held it',
  async ({ command }) => {
    await using own = await OwnProgram.start([command, fixture('event_loop.py')])
    const label = await waitUntil('it waits', () => own.processes[0]?.waitingOn?.label)
    expect(label).toBe('events (poll), for 4 asyncio tasks')
    expect(own.problems).toMatchObject([
      {
        kind: 'slow-callback',
        message: expect.stringMatching(/^hold\(\) held the event loop \(asyncio\) for \d+(?: ms|\.\d s)/),
      },
    ])
  },
)

test.skipIf(!one)('one that loads no agent is a row all the same, which says why and what to do', async () => {
  await using own = await OwnProgram.start([one?.command ?? '', '-I', '-c', 'print(1)'])
  await own.session.ended
  expect(own.processes[0]).toMatchObject({
    isSilent: true,
    unseen: expect.stringContaining('with -I Python loads no agent'),
  })
})
