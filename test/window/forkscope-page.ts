/** The window as a user meets it, for tests: the same object drives it in a browser and in Electron. */
import type { Locator, Page } from '@playwright/test'
import { testIds } from '../../src/renderer/views/test-ids.ts'

export interface ShownProcess {
  id: string
  name: string
  pid: number
  state: string
}

export class ForkscopePage {
  readonly page: Page
  readonly start: Locator
  readonly stop: Locator
  readonly restart: Locator
  readonly processRows: Locator
  readonly problems: Locator
  readonly outputLines: Locator
  readonly detail: Locator
  readonly queueDepth: Locator
  readonly poolCells: Locator

  constructor(page: Page) {
    this.page = page
    this.start = page.getByTestId(testIds.start)
    this.stop = page.getByTestId(testIds.stop)
    this.restart = page.getByTestId(testIds.restart)
    this.processRows = page.getByTestId(testIds.processRow)
    this.problems = page.getByTestId(testIds.problem)
    this.outputLines = page.getByTestId(testIds.outputLine)
    this.detail = page.getByTestId(testIds.detail)
    this.queueDepth = page.getByTestId(testIds.queueDepth)
    this.poolCells = page.getByTestId(testIds.poolCell)
  }

  program(id: string): Locator {
    return this.page.getByTestId(testIds.program(id))
  }

  async choose(id: string): Promise<void> {
    await this.program(id).click()
  }

  parameter(name: string): Locator {
    return this.page.getByTestId(testIds.parameter(name))
  }

  row(name: string): Locator {
    return this.page.locator(`[data-testid=${testIds.processRow}][data-name="${name}"]`)
  }

  /** Clicks a process by its name; in the middle of its row are the buttons that end it. */
  async select(name: string): Promise<void> {
    await this.row(name).getByRole('rowheader').click()
  }

  /** The rows that are shown now, in their order. */
  async processes(): Promise<ShownProcess[]> {
    return this.processRows.evaluateAll((rows) =>
      rows.map((row) => {
        const { process = '', name = '', pid = '', state = '' } = (row as HTMLElement).dataset
        return { id: process, name, pid: Number(pid), state }
      }),
    )
  }

  /** PIDs of the processes that are shown and live, without main's own. */
  async childPids(): Promise<number[]> {
    return (await this.processes())
      .filter(({ name, state }) => name !== 'main' && state !== 'exited')
      .map(({ pid }) => pid)
  }

  /** The place of a process's lane or of a queue's depth in the table. */
  lane(name: string): Locator {
    return this.row(name).locator('td.lane')
  }

  /** Moves the pointer along a lane until what is said beside it holds the words. */
  async pointAt(name: string, words: string): Promise<void> {
    const box = await this.lane(name).boundingBox()
    if (!box) throw new Error(`${name} has no lane.`)
    for (let x = 2; x < box.width; x += 3) {
      await this.page.mouse.move(box.x + x, box.y + 15)
      if ((await this.page.getByRole('tooltip').textContent())?.includes(words)) return
    }
    throw new Error(`Nowhere on the lane of ${name} it says ${words}.`)
  }

  /** What is said beside the pointer, each title that was there while the clock changed as many times. */
  async hintTitles(changes: number): Promise<string[]> {
    return this.page.evaluate(
      ([elapsed, changes]) =>
        new Promise<string[]>((resolve) => {
          const titles = new Set<string>()
          let left = changes
          const look = () => titles.add(document.querySelector('[role=tooltip] b')?.textContent ?? 'none')
          const clock = document.querySelector(`[data-testid=${elapsed}]`) as Element
          const watch = (element: Element, seen: () => void) =>
            new MutationObserver(seen).observe(element, { subtree: true, childList: true, characterData: true })
          watch(document.body, look)
          watch(clock, () => {
            if (--left === 0) resolve([...titles])
          })
        }),
      [testIds.elapsed, changes] as const,
    )
  }

  /** Waits until the program shown has come to a phase such as `running` or `finished`. */
  async phase(id: string, phase: string, timeoutMs = 60_000): Promise<void> {
    await this.page.locator(`[data-testid=${testIds.program(id)}][data-phase=${phase}]`).waitFor({ timeout: timeoutMs })
  }
}
