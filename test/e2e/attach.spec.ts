/** What runs already, in the window: chosen from a list by keys or pointer, seen, let go of without being ended, and refused with a sentence. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { identityOf } from '../../src/sources/process-tree/process-tree.ts'
import { findPySpy } from '../../src/sources/stacks/find-py-spy.ts'
import { readListeningPorts } from '../../src/sources/stacks/listening-ports.ts'
import { findPythons, onePython } from '../sources/python/pythons.ts'
import { isAlive } from '../wait-until.ts'
import { expect, test } from './app-test.ts'

test.skip(process.platform !== 'linux', 'What runs already is seen on Linux.')

const children: ChildProcess[] = []
test.afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-(pid as number), 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
})

/** A program of somebody's that prints a line when it has begun. */
async function begin(...argv: [string, ...string[]]): Promise<number> {
  const child = spawn(argv[0], argv.slice(1), { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return child.pid as number
}

/** Its words are nobody else's. */
const words = () => `looked-for-${process.pid}-${performance.now()}`

test('one is found by its words, chosen by keys, seen with what it has started, and goes on when it is let go of', async ({
  window,
}) => {
  const word = words()
  const pid = await begin('sh', '-c', `: ${word}; sleep 1000 | cat & echo begun; wait`)
  await window.choose('attached')
  await window.page.getByTestId('choose-process').click()
  const search = window.page.getByTestId('process-search')
  await expect(search).toBeFocused()
  const choice = window.page.locator(`[data-testid=process-choice][data-pid="${pid}"]`)
  await search.fill(word)
  await expect(choice).toHaveAttribute('aria-selected', 'true')
  await expect(search).toHaveAttribute('aria-activedescendant', `choice-${pid}`)
  // To another one and back.
  await search.press('ArrowUp')
  await expect(choice).toHaveAttribute('aria-selected', 'false')
  await search.press('ArrowDown')
  await search.press('Enter')
  await expect(window.page.getByTestId('process-picker')).toHaveCount(0)
  await window.phase('attached', 'running')
  await expect(window.row('cat')).toHaveAttribute('data-state', 'waiting')
  const pids = (await window.processes()).map((row) => row.pid)
  expect(pids).toHaveLength(3)
  expect(pids).toContain(pid)
  // What was not started from here is not ended from here.
  await expect(window.row('cat').getByTestId('kill')).toHaveCount(0)
  await expect(window.parameter('process')).toHaveValue(String(pid))
  await expect(window.stop).toHaveText('Detach')
  await window.stop.click()
  await window.phase('attached', 'stopped')
  await expect(window.start).toHaveText('Attach')
  expect(pids.filter(isAlive)).toEqual(pids)
})

test('Escape closes the list and chooses none; a click chooses, beside what is shown already', async ({ window }) => {
  const [first, second] = [words(), words()]
  for (const word of [first, second]) await begin('sh', '-c', `: ${word}; echo begun; sleep 1000; exit`)
  await window.choose('attached')
  const picker = window.page.getByTestId('process-picker')
  const search = window.page.getByTestId('process-search')
  await window.page.getByTestId('choose-process').click()
  await search.press('Escape')
  await expect(picker).toHaveCount(0)
  for (const word of [first, second]) {
    await window.page.getByTestId('choose-process').click()
    await search.fill(word)
    await window.page.locator('[data-testid=process-choice]').filter({ hasText: word }).click()
    await expect(picker).toHaveCount(0)
  }
  await expect(window.page.getByTestId('session')).toHaveCount(2)
  for (const session of await window.page.getByTestId('session').all())
    await expect(session).toHaveAttribute('data-phase', 'running')
})

test('neither Forkscope nor what it has started is in the list', async ({ window, appPid }) => {
  const word = words()
  await window.choose('own')
  await window.parameter('command').fill(`sh -c ': ${word}; sleep 1000; exit'`)
  await window.start.click()
  await window.phase('own', 'running')
  await window.choose('attached')
  await window.page.getByTestId('choose-process').click()
  const choices = window.page.getByTestId('process-choice')
  await expect(choices.first()).toBeVisible()
  await expect(window.page.locator(`[data-testid=process-choice][data-pid="${appPid}"]`)).toHaveCount(0)
  await window.page.getByTestId('process-search').fill(word)
  await expect(choices).toHaveCount(0)
})

test('what cannot be attached to is refused with a sentence', async ({ window, appPid }) => {
  await window.choose('attached')
  const refusal = window.page.getByTestId('refusal')
  for (const [typed, sentence] of [
    ['4194305', 'Not attached: There is no process 4194305.'],
    [String(appPid), `Not attached: Process ${appPid} is Forkscope itself.`],
    [`${process.pid}.1`, `Process ${process.pid} has ended; its number is another process's by now.`],
    ['', 'Not attached: choose a process, or type its PID.'],
  ] as const) {
    await window.parameter('process').fill(typed)
    await window.start.click()
    await expect(refusal).toContainText(sentence)
  }
  await window.parameter('process').fill('spider')
  await expect(window.page.getByTestId('parameter-error')).toHaveText('Process is a number, its PID; "spider" is none.')
  await expect(window.start).toBeDisabled()
  // The same with its start is who is meant.
  await window.parameter('process').fill(`${process.pid}.${identityOf(process.pid)?.start}`)
  await window.start.click()
  await window.phase('attached', 'running')
})

test('the stack of a busy Node: what that opens is said first, then it is read, and the port is closed', async ({
  window,
}) => {
  const busy = "function spin() { for (;;); }\nprocess.stdout.write('begun\\n', spin)"
  const pid = await begin(process.execPath, '--inspect-port=0', '-e', busy)
  await window.choose('attached')
  await window.parameter('process').fill(String(pid))
  await window.start.click()
  await window.processRows.first().getByRole('rowheader').click()
  const stack = window.detail.getByTestId('stack')
  await stack.getByTestId('read-stack').click()
  await expect(stack).toContainText('every local user could use meanwhile')
  expect(readListeningPorts(pid).size).toBe(0)
  await stack.getByRole('button', { name: 'Open it for a moment' }).click()
  await expect(stack.getByTestId('stack-thread')).toContainText(/^main runs/)
  await expect(stack.getByTestId('stack-thread').locator('li').first()).toContainText(/^spin /)
  await expect.poll(() => readListeningPorts(pid).size).toBe(0)
  expect(isAlive(pid)).toBe(true)
})

test('the stack of a Python of one’s own program: its threads by py-spy, or how to get that', async ({ window }) => {
  const python = onePython(findPythons())?.command
  test.skip(python === undefined, 'This machine has no Python.')
  const text = `import threading
threading.Thread(target=threading.Event().wait, name="second", daemon=True).start()
print("begun", flush=True)
threading.Event().wait()`
  const file = join(mkdtempSync(join(tmpdir(), 'forkscope-stack-')), 'stands.py')
  writeFileSync(file, text)
  await window.choose('own')
  await window.parameter('command').fill(`${python} ${file}`)
  await window.start.click()
  await expect(window.outputLines).toContainText(['begun'])
  await window.select('stands.py')
  const [root] = await window.processes()
  const stack = window.detail.getByTestId('stack')
  await stack.getByTestId('read-stack').click()
  if (findPySpy({ pid: root?.pid ?? 0, uid: process.getuid?.() ?? null })) {
    await expect(stack.getByTestId('stack-thread')).toHaveCount(2)
    await expect(stack).toContainText('second waits')
    await expect(stack).toContainText('<module> stands.py:4')
  } else await expect(stack).toContainText('pip install py-spy')
  await window.stop.click()
  await window.phase('own', 'stopped')
  await expect(stack.getByTestId('read-stack')).toHaveCount(0)
  rmSync(dirname(file), { recursive: true })
})
