import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { Monitor } from '../../src/main/monitor/monitor.ts'
import { PidusageReader } from '../../src/main/monitor/pidusage-reader.ts'
import { ProcReader } from '../../src/main/monitor/proc-reader.ts'
import type { UsageSample } from '../../src/shared/telemetry.ts'
import { processState, waitUntil } from '../wait-until.ts'

const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

async function busy(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); for (;;) {}'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child.pid as number
}

/** The kernel's own count of a process's CPU time, in clock ticks of 10 ms (proc(5), fields 14 and 15). */
function kernelMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function kernelBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

/** What the kernel had counted, and when, just before the monitor read or just after. */
interface Moment {
  kernelMs: number
  atMs: number
}

/** A sample, with a moment before the monitor read and one after it. */
interface Reading {
  cpuPercent: number
  memoryBytes: number
  before: Moment
  after: Moment
}

/** Between these the percentage must be, by the kernel's counters; close together if nothing held up the monitor or this test. */
function bounds(one: Reading, next: Reading): { least: number; most: number } {
  const ms = (from: Moment, to: Moment) => to.atMs - from.atMs
  const cpu = (from: Moment, to: Moment) => to.kernelMs - from.kernelMs
  return {
    least: (100 * cpu(one.after, next.before)) / ms(one.before, next.after),
    most: (100 * cpu(one.before, next.after)) / ms(one.after, next.before),
  }
}

test('CPU is within two points of the kernel’s counters over the same time, memory is the resident set', async () => {
  const pid = await busy()
  const moment = (): Moment => ({ kernelMs: kernelMs(pid), atMs: performance.now() })
  let before = moment()
  const readings: Reading[] = []
  const monitor = new Monitor()
  const remove = monitor.add({
    processes: () => {
      before = moment()
      return [{ process: '0.1', pid }]
    },
    sampled: ([sample]) => {
      if (sample) readings.push({ ...sample, before, after: moment() })
    },
  })
  await waitUntil('four samples', () => readings.length >= 4)
  remove()
  const pairs = readings.slice(1).map((next, i) => [readings[i] as Reading, next] as const)
  for (const [one, next] of pairs) {
    const { least, most } = bounds(one, next)
    expect(next.cpuPercent).toBeGreaterThan(least - 2)
    expect(next.cpuPercent).toBeLessThan(most + 2)
  }
  const memoryBytes = readings.at(-1)?.memoryBytes ?? 0
  expect(Math.abs(memoryBytes - kernelBytes(pid)) / kernelBytes(pid)).toBeLessThan(0.05)
})

describe.each([
  ['pidusage', () => new PidusageReader()],
  ['/proc', () => new ProcReader()],
])('read by %s', (_, create) => {
  test('a pid that is gone is left out and harms no other', async () => {
    const pid = await busy()
    const gone = spawn(process.execPath, ['-e', ''])
    const exit = once(gone, 'exit')
    const reader = create()
    await reader.read([gone.pid as number])
    await exit
    const usage = await reader.read([gone.pid as number, pid])
    reader.close()
    expect([...usage.keys()]).toEqual([pid])
  })
})

test('both readers give the same figures', async () => {
  const pid = await busy()
  const [one, other] = [new PidusageReader(), new ProcReader()]
  await waitUntil('half a second of CPU', () => kernelMs(pid) > 500)
  process.kill(pid, 'SIGSTOP')
  await waitUntil('it has stopped', () => processState(pid) === 'T')
  const [a, b] = [await one.read([pid]), await other.read([pid])]
  other.close()
  expect(b.get(pid)?.memoryBytes).toBeGreaterThan(0)
  const { ageMs: age = 0, ...figures } = a.get(pid) ?? {}
  const { ageMs: otherAge = 0, ...otherFigures } = b.get(pid) ?? {}
  expect(otherFigures).toEqual(figures)
  // Read one after the other.
  expect(age).toBeGreaterThan(500)
  expect(Math.abs(otherAge - age)).toBeLessThan(age)
})

test('the reader of /proc keeps no descriptor of what it is not asked for any more', async () => {
  const open = () =>
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        return ''
      }
    })
  const pid = await busy()
  const reader = new ProcReader()
  await reader.read([pid, process.pid])
  expect(open()).toContain(`/proc/${pid}/stat`)
  await reader.read([process.pid])
  expect(open()).not.toContain(`/proc/${pid}/stat`)
  reader.close()
  expect(open()).not.toContain(`/proc/${process.pid}/stat`)
})

test('nothing is sampled any more once the last is removed', async () => {
  const monitor = new Monitor()
  let samples = 0
  const add = () =>
    monitor.add({
      processes: () => [{ process: '0', pid: process.pid }],
      sampled: () => samples++,
    })
  const removeFirst = add()
  const removeSecond = add()
  removeFirst()
  await waitUntil('a sample of the second', () => samples > 0)
  const before = samples
  removeSecond()
  const other = new Monitor()
  let later = 0
  const removeOther = other.add({
    processes: () => [{ process: '0', pid: process.pid }],
    sampled: () => later++,
  })
  await waitUntil('two samples of another monitor', () => later > 0)
  removeOther()
  expect(samples).toBe(before)
})

/** Of the app, before it is sampled first. */
const BUSY_MS = 200

test('all figures of a sample are over the same time, so that they can be added', async () => {
  const old = await busy()
  await waitUntil('two seconds of CPU', () => kernelMs(old) > 2_000)
  const pids = [old, process.pid]
  const samples: UsageSample[][] = []
  const monitor = new Monitor()
  const before = kernelMs(process.pid)
  const remove = monitor.add({
    processes: () => pids.map((pid) => ({ process: String(pid), pid })),
    sampled: (sample) => samples.push(sample),
  })
  while (kernelMs(process.pid) < before + BUSY_MS);
  await waitUntil('a sample', () => samples.length > 0)
  // Some that begin in the middle of a second, one of them long after it was known of.
  pids.push(await busy(), await busy())
  await waitUntil('four samples', () => samples.length >= 4)
  remove()
  // A busy loop is one core; the rest is for a machine on which reading itself takes its time.
  for (const sample of samples) for (const { cpuPercent } of sample) expect(cpuPercent).toBeLessThan(150)
  const totals = (pid: number) => samples.flat().flatMap((s) => (s.process === String(pid) ? [s.cpuMs ?? -1] : []))
  for (const pid of pids) expect(totals(pid)).toEqual([...totals(pid)].sort((a, b) => a - b))
  expect(totals(old)[0]).toBeGreaterThanOrEqual(2_000)
  expect(totals(old).at(-1)).toBeLessThanOrEqual(kernelMs(old))
  // The app had run before: what it used then is not this session's; what it used until the first sample is.
  expect(totals(process.pid).at(-1)).toBeLessThan(kernelMs(process.pid) - before + 20)
  expect(totals(process.pid)[0]).toBeGreaterThanOrEqual(BUSY_MS - 20)
})
