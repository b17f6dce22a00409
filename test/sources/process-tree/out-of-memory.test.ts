import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { identityOf, ProcessTree } from '../../../src/sources/process-tree/process-tree.ts'
import { waitUntil } from '../../wait-until.ts'

const LIMIT = String(48 * 1024 * 1024)

/** @returns a control group with little memory, or null where none can be made */
function littleMemory(): string | null {
  for (const [root, limit] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const folder = `${root}/forkscope-test-${process.pid}`
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    try {
      if (!existsSync(`${folder}/${limit}`)) throw new Error('It counts no memory.')
      writeFileSync(`${folder}/${limit}`, LIMIT)
      return folder
    } catch {
      rmdirSync(folder)
    }
  }
  return null
}

const PROGRAM = `import os, sys, time
if os.fork() == 0:
    print(os.getpid(), flush=True)
    sys.stdin.readline()
    memory = b'x' * (400 << 20)
time.sleep(1000)`

test('one that was killed because its memory was used up is told to have been, and one that was killed otherwise is not', async ({
  skip,
}) => {
  const group = littleMemory()
  if (group === null) return skip('no control group with a limit on memory can be made here')
  const parent = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
  const other = spawn('sleep', ['1000'])
  const roots = [parent, other].flatMap(({ pid }) => identityOf(pid as number) ?? [])
  const tree = new ProcessTree({ roots })
  try {
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)))
    writeFileSync(`${group}/cgroup.procs`, String(pid))
    tree.scan()
    parent.stdin.write('\n')
    const killed = await waitUntil('it is killed', () => {
      tree.scan(performance.now(), true)
      return [...tree.processes].find((one) => one.pid === pid && one.ended)
    })
    expect(killed).toMatchObject({ ended: { exitCode: null, signal: 'SIGKILL' } })
    expect(killed.reason).toMatch(/^the (?:system had no memory left for it|memory of its control group was used up)/)
    other.kill('SIGKILL')
    const gone = await waitUntil('the other is gone', () => tree.scan().gone.find((one) => one.pid === other.pid))
    expect(gone.reason).toBeUndefined()
  } finally {
    tree.close()
    parent.kill('SIGKILL')
    other.kill('SIGKILL')
    await waitUntil('the group is empty', () => {
      try {
        rmdirSync(group)
        return true
      } catch {
        return false
      }
    })
  }
})
