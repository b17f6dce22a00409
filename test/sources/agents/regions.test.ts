/** The door: what is taken for a region of the run, what is not, and what becomes of hostile bytes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { linkSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { REGION } from '../../../src/sources/agents/protocol.ts'
import { Region, type RegionRead } from '../../../src/sources/agents/region.ts'
import { Regions } from '../../../src/sources/agents/regions.ts'
import { identityOf } from '../../../src/sources/process-tree/process-tree.ts'
import { chance } from '../../seeded.ts'
import { waitUntil } from '../../wait-until.ts'
import { WrittenRegion } from './write-region.ts'

const TOKEN = 'a'.repeat(32)
/** A process that is over: whatever says that it is its region cannot be asked any more. */
const GONE = { pid: 4_190_001, start: 7 }

let folder = ''
let children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forkscope-regions-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(folder, { recursive: true, force: true })
})

function door(isMember = (_pid: number, _start: number) => true) {
  const read = new Map<string, RegionRead>()
  const regions = new Regions({ folder, token: TOKEN, isMember, read: (key, _, found) => read.set(key, found) })
  const taken = () => {
    regions.poll()
    return [...read.keys()].sort()
  }
  return { regions, read, taken }
}

const regionOf = ({ pid, start } = GONE) => new WrittenRegion(pid, start, TOKEN)
const path = ({ pid, start } = GONE) => join(folder, `${pid}.${start}`)

test('lines and cells are read once and as they are, also around the end of the ring', () => {
  const written = regionOf()
  written.cell({ kind: 2 + 256 * 3, numbers: [5, 4, 0, 1, 0], description: '{"id":"p1","kind":"Queue"}' })
  written.tell({ e: 'hello', t: 1 })
  written.write(path())
  const region = new Region(path())
  const first = region.poll()
  expect(first.lines).toEqual([{ e: 'hello', t: 1 }])
  expect(first.cells).toMatchObject([
    { index: 0, generation: 3, kind: 'queue', fields: { puts: 5, gets: 4, left: 1 }, description: { id: 'p1' } },
  ])
  expect(region.poll().lines).toEqual([])
  let count = 0
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 150; i++) written.tell({ e: 'name', t: round, name: 'x'.repeat(i) })
    written.write(path())
    const { lines, lost, malformed } = region.poll()
    count += lines.length
    expect([lost, malformed]).toEqual([0, 0])
  }
  expect(count).toBe(6_000)
  region.close()
})

test('what was overwritten before it was read is counted, and what comes then is read', () => {
  const written = regionOf()
  written.tell({ e: 'first' })
  written.write(path())
  const region = new Region(path())
  region.poll()
  for (let i = 0; i < 10_000; i++) written.tell({ e: 'many', i })
  written.write(path())
  region.poll()
  written.tell({ e: 'last' })
  written.write(path())
  const { lines, lost } = region.poll()
  expect(lines).toEqual([{ e: 'last' }])
  expect(lost).toBe(10_000)
  region.close()
})

test.each([
  ['of another run', (file: string) => new WrittenRegion(GONE.pid, GONE.start, 'b'.repeat(32)).write(file)],
  ['of another process', (file: string) => new WrittenRegion(1, GONE.start, TOKEN).write(file)],
  ['too short', (file: string) => regionOf().write(file, 1_000)],
  ['empty', (file: string) => writeFileSync(file, '')],
  [
    'open to others',
    (file: string) => {
      regionOf().write(file)
      spawnSync('chmod', ['666', file])
    },
  ],
  [
    'a link',
    (file: string) => {
      regionOf().write(`${folder}/../${GONE.pid}-elsewhere`)
      symlinkSync(`../${GONE.pid}-elsewhere`, file)
    },
  ],
  [
    'a second name',
    (file: string) => {
      regionOf().write(`${folder}/other`)
      linkSync(`${folder}/other`, file)
    },
  ],
  ['a pipe that nobody writes to', (file: string) => spawnSync('mkfifo', [file])],
  ['a folder', (file: string) => spawnSync('mkdir', [file])],
])('%s is no region', (_, make) => {
  make(path())
  expect(door().taken()).toEqual([])
  rmSync(`${folder}/../${GONE.pid}-elsewhere`, { force: true })
})

test('a process is believed only if it has that very file open or mapped', async () => {
  const other = spawn('sleep', ['60'])
  children.push(other)
  const own = { pid: other.pid as number, start: identityOf(other.pid as number)?.start as number }
  regionOf(own).write(path(own))
  const { taken } = door()
  expect(taken()).toEqual([])
  const holder = spawn('sh', ['-c', 'exec 9<>"$0"; exec sleep 60', path(own)])
  children.push(holder)
  await waitUntil('the other one has it', () => readdirSync(`/proc/${holder.pid}/fd`).includes('9'))
  expect(taken()).toEqual([])
})

test('one that has it is; one that is no process of the run is not', async () => {
  const child = spawn('sh', ['-c', 'read file; exec 9<>"$file"; exec sleep 60'])
  children.push(child)
  const own = { pid: child.pid as number, start: identityOf(child.pid as number)?.start as number }
  regionOf(own).write(path(own))
  child.stdin.write(`${path(own)}\n`)
  await waitUntil('it has it', () => readdirSync(`/proc/${child.pid}/fd`).includes('9'))
  expect(door(() => false).taken()).toEqual([])
  expect(door().taken()).toEqual([`${own.pid}.${own.start}`])
})

test('of ten thousand files some are looked at, and none twice that is no region', () => {
  for (let i = 0; i < 10_000; i++) writeFileSync(join(folder, `nothing-${i}`), '')
  const { regions, taken } = door()
  expect(taken()).toEqual([])
  expect(regions.refused).toBeLessThanOrEqual(4_000)
})

test('one that is cut short while it is read gives what is left of it, and harms nobody', () => {
  const written = regionOf()
  written.cell({ kind: 1, numbers: [9, 1, 1] })
  written.tell({ e: 'hello' })
  written.write(path())
  const { regions, read } = door()
  regions.poll()
  truncateSync(path(), 100)
  regions.poll()
  expect(read.get(`${GONE.pid}.${GONE.start}`)).toMatchObject({ cells: [], lines: [] })
})

test('whatever the bytes, they are lines, cells, or counted', () => {
  const { below } = chance(7)
  for (let seed = 0; seed < 60; seed++) {
    const written = regionOf()
    for (let i = below(20); i > 0; i--)
      written.cell({ kind: below(9), numbers: [below(1e9), below(1e9)], description: '{"id":"x"}' })
    for (let i = below(50); i > 0; i--)
      written.tell(below(3) === 0 ? '{"e":' : { e: 'task.started', t: below(1e9), pool: 'p' })
    for (let i = below(200); i > 0; i--) written.bytes[128 + below(REGION.bytes - 128)] = below(256)
    for (const at of [REGION.at.ringEnd, REGION.at.lines, REGION.at.cellsUsed, REGION.at.untold]) {
      if (below(3) === 0) written.set(at, below(2) === 0 ? 2n ** 64n - 1n : below(1e9))
    }
    written.write(path())
    const region = new Region(path())
    for (let again = 0; again < 3; again++) {
      const { cells, lines, lost, malformed } = region.poll()
      expect(cells.length).toBeLessThanOrEqual(REGION.cells.count)
      expect(lines.every(({ e }) => typeof e === 'string')).toBe(true)
      expect([lost, malformed].every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true)
    }
    region.close()
  }
})
