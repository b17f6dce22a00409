/** The window's place and size, kept from one start to the next. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { app, type BrowserWindow, type Rectangle, screen } from 'electron'

interface WindowState extends Partial<Rectangle> {
  width: number
  height: number
  maximized: boolean
}

const DEFAULT: WindowState = { width: 1280, height: 800, maximized: false }
/** So much of the window must be on a display for it to be opened there again. */
const VISIBLE_PX = 80

function file(): string {
  return join(app.getPath('userData'), 'window.json')
}

function isVisible(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y)
    return width >= VISIBLE_PX && height >= VISIBLE_PX
  })
}

/** @returns what was kept; the default if nothing was, if it cannot be read, or if no display shows that place any more */
export function readWindowState(): WindowState {
  try {
    const { x, y, width, height, maximized } = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>
    const numbers = [x, y, width, height]
    if (!numbers.every((value) => Number.isInteger(value))) return DEFAULT
    const bounds = { x, y, width, height } as Rectangle
    return isVisible(bounds) ? { ...bounds, maximized: maximized === true } : DEFAULT
  } catch {
    return DEFAULT
  }
}

/** Keeps this window's state when it closes. A folder that cannot be written is no reason to trouble anybody. */
export function keepWindowState(window: BrowserWindow): void {
  window.on('close', () => {
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      mkdirSync(dirname(file()), { recursive: true })
      writeFileSync(file(), JSON.stringify(state))
    } catch (error) {
      console.error(`Forkscope cannot keep its window's place: ${(error as Error).message}`)
    }
  })
}
