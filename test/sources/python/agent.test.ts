/** The agent in real Python programs: what it writes of them. All Pythons of the machine with `FORKSCOPE_ALL_PYTHONS`, as `test:slow` has it. */
import { describe, expect, test } from 'vitest'
import { waitUntil } from '../../wait-until.ts'
import { type Cell, findPythons, onePython, PythonRun, type ReadRegion, TOKEN } from './pythons.ts'

const all = findPythons()
const one = onePython(all)
const pythons = process.env.FORKSCOPE_ALL_PYTHONS ? all : one ? [one] : []
const methods = ['fork', 'spawn', 'forkserver']
const ways = pythons.flatMap((python) => methods.map((method) => ({ ...python, method })))

const cellsOf = (regions: ReadRegion[], of: string): Cell[] =>
  regions.flatMap(({ cells }) => cells.filter((cell) => cell.of === of))
const sum = (cells: Cell[], field: string): number => cells.reduce((total, cell) => total + Number(cell[field]), 0)
const told = (regions: ReadRegion[], e: string) =>
  regions.flatMap((region) => region.told.filter((line) => line.e === e))
const named = (regions: ReadRegion[], name: string) =>
  regions.find((region) => region.told.some((line) => line.e === 'name' && line.name === name))
const mainWait = (region: ReadRegion | undefined) => region?.cells.find(({ is }) => is['isMain'])

describe.each(ways)('Python $version, $method', (way) => {
  test('totals of a queue are exact when all have ended', async () => {
    using run = new PythonRun(way, ['counted.py', way.method])
    expect([await run.ended, run.errors, run.output]).toEqual([0, '', '249500\n'])
    const regions = run.regions()
    const queues = cellsOf(regions, 'queue')
    const joinable = queues.filter(
      ({ is }) => is['id'] === queues.find((cell) => cell.is['kind'] === 'JoinableQueue')?.is['id'],
    )
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
      const wanted = region?.cells.find(({ cell }) => cell === mainWait(region)?.['on'])?.is['id']
      const had = region?.cells.filter(({ of, held }) => of === 'lock' && held === 1).map(({ is }) => is['id'])
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
    const queue = maker?.cells.find(({ cell }) => cell === mainWait(maker)?.['on'])
    expect(queue).toMatchObject({ of: 'queue', puts: 2000 })
    expect(Number(mainWait(maker)?.['about'])).toBeGreaterThan(1_800)
    const main = regions.find(({ pid }) => pid === run.child.pid)
    expect(mainWait(main)).toMatchObject({ waits: 'join', on: maker?.pid })
    expect(cellsOf([main as ReadRegion], 'queue')[0]?.is['id']).toBe(queue?.is['id'])
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
})
