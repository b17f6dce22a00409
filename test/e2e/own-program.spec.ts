/** Programs of the user's own in the window: opened by typing, stopped, started anew with other words, and refused with a sentence. */
import { join } from 'node:path'
import { findPythons, onePython } from '../sources/python/pythons.ts'
import { isAlive } from '../wait-until.ts'
import { expect, test } from './app-test.ts'

const python = onePython(findPythons())?.command ?? ''
const fixture = (name: string) => join(import.meta.dirname, '../fixtures/python', name)

test.skip(python === '', 'This machine has no Python.')

test('a Python program that deadlocks: its processes by name, who waits for whom, the sentence; a stop leaves none', async ({
  window,
}) => {
  await window.choose('own')
  await window.parameter('command').fill(`${python} ${fixture('deadlock.py')} spawn`)
  await window.start.click()
  for (const name of ['Ann', 'Bob']) await expect(window.row(name)).toHaveAttribute('data-state', 'waiting')
  await expect(window.problems).toContainText(['Deadlock: '])
  const pids = await window.childPids()
  await window.select('Ann')
  await expect(window.detail).toContainText(/agent, Python 3/)
  await window.stop.click()
  await window.phase('own', 'stopped')
  expect(pids.length).toBeGreaterThan(2)
  expect(pids.filter(isAlive)).toEqual([])
})

test('other words take effect with a restart, and what it prints is shown', async ({ window }) => {
  await window.choose('own')
  await window.parameter('command').fill(`${python} ${fixture('two_lines.py')} 'one word' two`)
  await window.start.click()
  await window.phase('own', 'finished')
  await expect(window.outputLines).toContainText(['one word two', '0 lines read'])
  await window.parameter('command').fill(`sh -c 'pwd; exit 3'`)
  await window.parameter('folder').fill('/usr')
  await window.start.click()
  await window.phase('own', 'failed')
  await expect(window.outputLines).toContainText(['/usr'])
  await window.select('sh')
  await expect(window.detail).toContainText('exit code 3')
  await expect(window.detail).toContainText('the kernel')
})

test('a Node program: its processes by its agent, and the messages between them', async ({ window }) => {
  await window.choose('own')
  await window.parameter('command').fill(`node ${join(import.meta.dirname, '../fixtures/node/messages.cjs')}`)
  await window.start.click()
  await window.phase('own', 'finished')
  await expect(window.outputLines).toHaveText([/echoed 1000, exit 0/, /heard 300, SIGKILL/])
  // To and from each of its two children.
  await expect(window.page.getByTestId('queue-row')).toHaveCount(4)
  await window.row('messages.cjs').first().getByRole('rowheader').click()
  await expect(window.detail).toContainText(/agent, Node \d+/)
})

test('the pipes of a process, and who has their other ends', async ({ window }) => {
  await window.choose('own')
  await window.parameter('command').fill("sh -c 'sleep 1000 | cat'")
  await window.start.click()
  await window.select('cat')
  const end = window.detail.getByTestId('connected-end')
  await expect(end).toContainText(/^a pipe from sleep$/)
  await expect(end).toHaveAttribute('title', /^pipe:\[\d+\], descriptor 0$/)
  await end.getByRole('button', { name: 'sleep' }).click()
  await expect(end).toContainText(/^a pipe to cat$/)
  await window.stop.click()
  await window.phase('own', 'stopped')
})

test('what is in front of the command is its environment', async ({ window }) => {
  await window.choose('own')
  const script = 'echo "$ONE|$PATH_TOO|$1"; test -n "$HOME" && echo home'
  await window.parameter('command').fill(`ONE='two words' PATH_TOO=a=b sh -c '${script}' sh KEY=word`)
  await window.start.click()
  await window.phase('own', 'finished')
  await expect(window.outputLines).toContainText(['two words|a=b|KEY=word', 'home'])
})

test('what was started is offered again, also after a reload, the latest first; what was refused is not', async ({
  window,
}) => {
  await window.choose('own')
  const offered = async () => {
    const list = await window.parameter('command').getAttribute('list')
    const options = await window.page.locator(`datalist[id="${list}"] option`).all()
    return Promise.all(options.map((option) => option.getAttribute('value')))
  }
  expect(await offered()).toEqual([])
  for (const command of ['true', 'echo two', 'no-such-command', 'true']) {
    await window.parameter('command').fill(command)
    await window.start.click()
    if (command === 'no-such-command') await expect(window.page.getByTestId('refusal')).toBeVisible()
    else await window.phase('own', 'finished')
    await expect(window.start).toBeEnabled()
  }
  await expect.poll(offered).toEqual(['true', 'echo two'])
  await window.page.reload()
  await window.start.waitFor()
  expect(await offered()).toEqual(['true', 'echo two'])
})

for (const [command, folder, sentence] of [
  ['no-such-command --now', '', 'There is no command "no-such-command".'],
  ["python3 'app.py", '', 'a quotation mark'],
  ['', '', 'say which command to run'],
  ['ONE=1 TWO=2', '', 'say which command to run'],
  ['true', '/no/such/folder', 'The folder /no/such/folder does not exist.'],
] as const) {
  test(`"${command}" in "${folder}" is refused with a sentence`, async ({ window }) => {
    await window.choose('own')
    await window.parameter('command').fill(command)
    await window.parameter('folder').fill(folder)
    await window.start.click()
    await expect(window.page.getByTestId('refusal')).toContainText(sentence)
    await expect(window.start).toBeEnabled()
  })
}
