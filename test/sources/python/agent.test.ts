/** The agent in real Python programs: what it writes of them. Which Pythons, `FORKSCOPE_PYTHONS` says. */
import { describe, expect, test } from 'vitest'
import { waitUntil } from '../../wait-until.ts'
import { type Cell, chosenPythons, PythonRun, type ReadRegion, TOKEN } from './pythons.ts'

const pythons = chosenPythons()
const methods = ['fork', 'spawn', 'forkserver']
const ways = pythons.flatMap((python) => methods.map((method) => ({ ...python, method })))

const cellsOf = (regions: ReadRegion[], of: string): Cell[] =>
  regions.flatMap(({ cells }) => cells.filter((cell) => cell.of === of))
const sum = (cells: Cell[], field: string): number => cells.reduce((total, cell) => total + Number(cell[field]), 0)
const told = (regions: ReadRegion[], e: string) =>
  regions.flatMap((region) => region.told.filter((line) => line.e === e))
const named = (regions: ReadRegion[], name: string) =>
  regions.find((region) => region.told.some((line) => line.e === 'name' && line.name === name))
const mainWait = (region: ReadRegion | undefined) => region?.cells.find(({ is }) => is.isMain)

describe.each(ways)('Python $version, $method', (way) => {
  test('totals of a queue are exact when all have ended', async () => {
    using run = new PythonRun(way, ['counted.py', way.method])
    expect([await run.ended, run.errors, run.output]).toEqual([0, '', '249500\n'])
    const regions = run.regions()
    const queues = cellsOf(regions, 'queue')
    const joinable = queues.filter(({ is }) => is.id === queues.find((cell) => cell.is.kind === 'JoinableQueue')?.is.id)
    expect(['puts', 'gets', 'done'].map((field) => sum(joinable, field))).toEqual([1002, 1002, 1002])
    expect(joinable.length).toBe(5)
    expect(sum(queues, 'puts') - sum(joinable, 'puts')).toBe(2)
    expect(told(regions, 'off')).toEqual([])
    for (const region of regions) {
      const { bytes, magic, token, dropped, untold } = region
      expect([bytes, magic, token, dropped, untold]).toEqual([262_144, 'FSAGENT1', TOKEN, 0, 0])
      expect(region.told[0]).toMatchObject({ e: 'hello', agent: 'python', protocol: 1 })
    }
  })

  test('who waits for which lock, and who has it', async () => {
    using run = new PythonRun(way, ['deadlock.py', way.method])
    const regions = await waitUntil('both wait', () => {
      const found = run.regions()
      const both = ['Ann', 'Bob'].map((name) => mainWait(named(found, name))?.waits)
      return both.every((what) => what === 'acquire') && found
    })
    const seen = ['Ann', 'Bob'].map((name) => {
      const region = named(regions, name)
      const wanted = region?.cells.find(({ cell }) => cell === mainWait(region)?.on)?.is.id
      const had = region?.cells.filter(({ of, held }) => of === 'lock' && held === 1).map(({ is }) => is.id)
      return { wanted, had }
    })
    expect(seen[0]?.had).toEqual([seen[1]?.wanted])
    expect(seen[1]?.had).toEqual([seen[0]?.wanted])
    expect(seen[0]?.wanted).not.toBe(seen[1]?.wanted)
    const main = regions.find(({ pid }) => pid === run.child.pid)
    expect(mainWait(main)).toMatchObject({ waits: 'join', on: named(regions, 'Ann')?.pid })
  })

  test('a process that cannot end says what it has yet to hand over', async () => {
    using run = new PythonRun(way, ['undrained.py', way.method])
    const regions = await waitUntil('it waits', () => {
      const found = run.regions()
      return found.some((region) => mainWait(region)?.waits === 'flush') && found
    })
    const maker = regions.find((region) => mainWait(region)?.waits === 'flush')
    const queue = maker?.cells.find(({ cell }) => cell === mainWait(maker)?.on)
    expect(queue).toMatchObject({ of: 'queue', puts: 2000 })
    expect(Number(mainWait(maker)?.about)).toBeGreaterThan(1_800)
    const main = regions.find(({ pid }) => pid === run.child.pid)
    expect(mainWait(main)).toMatchObject({ waits: 'join', on: maker?.pid })
    expect(cellsOf([main as ReadRegion], 'queue')[0]?.is.id).toBe(queue?.is.id)
  })

  test('the task that a killed worker had is known, and that its pool goes on without it', async () => {
    using run = new PythonRun(way, ['killed_worker.py', way.method])
    const regions = await waitUntil('it is lost', () => {
      const found = run.regions()
      const isOver = sum(cellsOf(found, 'pool'), 'done') === 7
      return isOver && told(found, 'child.ended').length > 0 && found
    })
    const [ended] = told(regions, 'child.ended')
    expect(ended).toMatchObject({ signal: 'SIGKILL' })
    const dead = regions.find(({ pid }) => ended?.e === 'child.ended' && pid === ended.pid)
    const ofDead = (e: string) => told([dead as ReadRegion], e).map((line) => 'task' in line && line.task)
    expect(ofDead('task.started').filter((task) => !ofDead('task.done').includes(task))).toEqual(['0.5'])
    const pools = cellsOf(regions, 'pool')
    expect(['submitted', 'started', 'done', 'failed'].map((field) => sum(pools, field))).toEqual([8, 8, 7, 0])
    const main = regions.find(({ pid }) => pid === run.child.pid)
    const pool = cellsOf([main as ReadRegion], 'pool')[0]
    expect(pool?.is).toMatchObject({ kind: 'Pool', size: 2, noticesDeaths: false })
    expect(mainWait(main)).toMatchObject({ waits: 'result', on: 0, about: pool?.cell })
  })

  test('tasks of executors: each is submitted, begun and over as it was, and failures that somebody has seen are told from others', async () => {
    using run = new PythonRun(way, ['executors.py', way.method])
    expect([await run.ended, run.errors]).toEqual([0, ''])
    const regions = run.regions()
    expect(told(regions, 'off')).toEqual([])
    const totals = (kind: string) => {
      const pools = cellsOf(regions, 'pool').filter(({ is }) => is.kind === kind)
      return ['submitted', 'started', 'done', 'failed'].map((field) => sum(pools, field))
    }
    expect(totals('ProcessPoolExecutor')).toEqual([4, 3, 1, 3])
    expect(totals('ThreadPoolExecutor')).toEqual([4, 4, 3, 1])
    const tasks = (e: string) => told(regions, e).map((line) => 'task' in line && `${line.pool[0]}${line.task}`)
    expect(tasks('task.failed').sort()).toEqual(['p1.0', 'p2.0', 'p3.0', 't0.0'])
    expect(tasks('task.observed').sort()).toEqual(['p1.0', 'p2.0', 'p3.0'])
    const states = told(regions, 'pool.state').map((line) => line.e === 'pool.state' && line.state)
    expect(states).toEqual(['broken', 'closed', 'ended', 'closed', 'ended'])
  })

  test('what a manager has and what goes by pipes is counted where it is used', async () => {
    using run = new PythonRun(way, ['shared.py', way.method])
    expect([await run.ended, run.errors, run.output]).toEqual([0, '', 'begun\n7\n1\n'])
    const regions = run.regions()
    expect(told(regions, 'off')).toEqual([])
    const queues = cellsOf(regions, 'queue').filter(({ is }) => is.kind === 'Manager.Queue')
    expect([sum(queues, 'puts'), sum(queues, 'gets'), new Set(queues.map(({ is }) => is.id)).size]).toEqual([1, 1, 1])
    // The server knows it, and who had it made; what is forked from that one, too.
    expect(queues.filter(({ is }) => is.maxsize === 3).length).toBe(way.method === 'fork' ? 3 : 2)
    const [main] = regions.filter(({ pid }) => pid === run.child.pid)
    const pipes = cellsOf([main as ReadRegion], 'object').filter(({ is }) => is.kind === 'pipe')
    expect(pipes.filter(({ is }) => is.peer).map(({ sent, received }) => [sent, received])).toEqual([[1, 1]])
    expect([sum(pipes, 'sent'), sum(pipes, 'received')]).toEqual([3, expect.any(Number)])
  })
})

describe.each(pythons)('Python $version', (python) => {
  test('what each thread waits for', async () => {
    using run = new PythonRun(python, ['waiting_threads.py'])
    const regions = await waitUntil('all wait', () => {
      const threads = run.regions().flatMap(({ cells }) => cells.filter(({ of, is }) => of === 'thread' && !is.isMain))
      return threads.length === 9 && threads.every(({ waits }) => waits) && threads
    })
    expect(regions.map(({ waits }) => waits)).toEqual(regions.map(({ is }) => is.name))
  })

  test('a program that replaces itself has a region for each that it was', async () => {
    const again = "import os, sys; len(sys.argv) > 1 or os.execv(sys.executable, [sys.executable, '-c', 'pass'])"
    using run = new PythonRun(python, ['-c', again])
    expect(await run.ended).toBe(0)
    const regions = run.regions()
    const name = `${run.child.pid}.${regions[0]?.start}`
    expect(regions.map((region) => region.name)).toEqual([name, `${name}.1`])
    expect(regions.map(({ told }) => told[0])).toMatchObject([{ how: 'exec' }, { how: 'exec' }])
  })
})
