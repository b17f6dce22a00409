import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive, waitUntil } from '../wait-until.ts'

const fixture = fileURLToPath(new URL('../fixtures/orphans.ts', import.meta.url))
let left: number[] = []

afterEach(() => {
  for (const pid of left) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  left = []
})

async function start(): Promise<{ program: ChildProcess; pids: number[] }> {
  const program = spawn(process.execPath, [fixture], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: program.stdout as NodeJS.ReadableStream }), 'line')) as [string]
  const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string }
  rmSync(folder, { recursive: true })
  return { program, pids }
}

describe('a parent that is killed', () => {
  it.runIf(process.platform !== 'win32')('leaves no child: loops, sleeps, stopped ones, grandchildren', async () => {
    const { program, pids } = await start()
    left = pids
    expect(pids).toHaveLength(6)
    expect(pids.every(isAlive)).toBe(true)
    process.kill(pids[2] as number, 'SIGSTOP')
    program.kill('SIGKILL')
    await waitUntil('no child is left', () => !pids.some(isAlive))
  })
})
