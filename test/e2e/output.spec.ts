/** Output is shown as a terminal shows it, and acts on nothing. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ForkscopePage } from '../window/forkscope-page.ts'
import { test as base, expect } from './app-test.ts'

/** A program whose output is what is written into a file, as soon as that is there. */
const test = base.extend<{ print: (bytes: string) => void }>({
  print: async ({ window }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'forkscope-output-'))
    const file = join(folder, 'output')
    appendFileSync(file, '')
    await run(window, `tail -f ${file}`)
    await use((bytes) => appendFileSync(file, Buffer.from(bytes, 'latin1')))
    await window.stop.click()
    await window.phase('own', 'stopped')
    rmSync(folder, { recursive: true })
  },
})

async function run(window: ForkscopePage, command: string): Promise<void> {
  await window.choose('own')
  await window.parameter('command').fill(command)
  await window.start.click()
}

const text = (window: ForkscopePage, n: number) => window.outputLines.nth(n).locator('> span').last()

test('a line is drawn anew while it happens, and is there before it ends', async ({ window, print }) => {
  print('10 %')
  await expect(text(window, 0)).toHaveText('10 %')
  print('\r20 %')
  await expect(text(window, 0)).toHaveText('20 %')
  print('\rdone\nnext')
  await expect(text(window, 0)).toHaveText('done')
  await expect(text(window, 1)).toHaveText('next')
  await expect(window.outputLines).toHaveCount(2)
})

test('a character that comes in two pieces is one, and what is none is marked', async ({ window, print }) => {
  print('\xc3')
  print('\xa4 \xf0\x9f')
  await expect(text(window, 0)).toHaveText(/^ä/)
  print('\x98\x80 \xff\n')
  await expect(text(window, 0)).toHaveText('ä 😀 \ufffd')
})

test('colours are shown, and what would act on a terminal acts on nothing', async ({ window, print }) => {
  print('\x1b[1;31mred\x1b[0m plain \x1b]0;another title\x07\x1b[2J\x1b[3A\x1b]52;c;Zm9v\x07\u0008end\n')
  await expect(text(window, 0)).toContainText('red plain')
  await expect(text(window, 0).locator('.ansi-red')).toHaveText('red')
  await expect(text(window, 0).locator('.ansi-bold')).toHaveText('red')
  const shown = (await text(window, 0).textContent()) ?? ''
  expect([...shown].filter((letter) => letter < ' ' || (letter >= '\x7f' && letter <= '\x9f'))).toEqual([])
  expect(await window.page.title()).not.toContain('another')
  // RIGHT-TO-LEFT OVERRIDE, as UTF-8.
  print('safe \xe2\x80\xaegpj.exe\n')
  await expect(text(window, 1)).toContainText('safe')
  expect(await text(window, 1).textContent()).not.toContain('\u202e')
})

test('what a grandchild prints is shown while it lives', async ({ window }) => {
  await run(window, `sh -c 'sh -c "echo from below; exec sleep 1000" & wait'`)
  await expect(text(window, 0)).toHaveText('from below')
  await expect(window.row('sleep')).toHaveAttribute('data-state', 'sleeping')
  await window.stop.click()
  await window.phase('own', 'stopped')
})
