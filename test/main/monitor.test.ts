import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { Monitor } from '../../src/main/monitor/monitor.ts'
import { PidusageReader } from '../../src/main/monitor/pidusage-reader.ts'
import { ProcReader } from '../../src/main/monitor/proc-reader.ts'
import { waitUntil } from '../wait-until.ts'

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

test('CPU is within two points of the kernel’s counters over the same time, memory is the resident set', async () => {
  const pid = await busy()
  const startedMs = performance.now()
  const nowUs = () => (performance.now() - startedMs) * 1000
  const readings: { cpuPercent: number; memoryBytes: number; kernel: number; atMs: number }[] = []
  const monitor = new Monitor()
  const remove = monitor.add({
    processes: () => [{ process: '0.1', pid, startedAtUs: 0 }],
    nowUs,
    sampled: ([sample]) => {
      if (sample) readings.push({ ...sample, kernel: kernelMs(pid), atMs: performance.now() })
    },
  })
  await waitUntil('three samples', () => readings.length >= 3)
  remove()
  const [, before, after] = readings
  if (!before || !after) throw new Error('no samples')
  const expected = ((after.kernel - before.kernel) / (after.atMs - before.atMs)) * 100
  expect(Math.abs(after.cpuPercent - expected)).toBeLessThan(2)
  expect(Math.abs(after.memoryBytes - kernelBytes(pid)) / kernelBytes(pid)).toBeLessThan(0.05)
})

describe.each([
  ['pidusage', () => new PidusageReader()],
  ['/proc', () => new ProcReader()],
])('read by %s', (_, create) => {
  test('a pid that is gone is left out and harms no other', async () => {
    const pid = await busy()
    const gone = spawn(process.execPath, ['-e', ''])
    const reader = create()
    await reader.read([gone.pid as number])
    await once(gone, 'exit')
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
  const pids = [pid, process.ppid]
  const [a, b] = [await one.read(pids), await other.read(pids)]
  other.close()
  expect(b.get(pid)).toEqual(a.get(pid))
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
      processes: () => [{ process: '0', pid: process.pid, startedAtUs: 0 }],
      nowUs: () => 0,
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
    processes: () => [{ process: '0', pid: process.pid, startedAtUs: 0 }],
    nowUs: () => 0,
    sampled: () => later++,
  })
  await waitUntil('two samples of another monitor', () => later > 0)
  removeOther()
  expect(samples).toBe(before)
})
