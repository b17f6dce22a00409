/** Where things are on the page, for tests of the layout. */
import type { Page } from '@playwright/test'

export interface Shift {
  value: number
  moved: string[]
}

/** How much of the window's width a lane has. */
export function laneShare(page: Page): Promise<number> {
  return page.evaluate(() => (document.querySelector('td.lane')?.getBoundingClientRect().width ?? 0) / innerWidth)
}

/** Must be called before the page is opened: everything that moves from then on is noted. */
export async function noteShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Shift[] = []
    Object.assign(window, { shifts: noted })
    type Entry = PerformanceEntry & {
      value: number
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[]
    }
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Entry[]) {
        const moved = sources.map(({ node, previousRect: from, currentRect: to }) => {
          const element = node instanceof Element ? node : node?.parentElement
          return `${element?.className ?? 'gone'}: ${from.x},${from.y} ${from.width}×${from.height} → ${to.x},${to.y} ${to.width}×${to.height}`
        })
        noted.push({ value, moved })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** What has moved since this was asked last. */
export async function takeShifts(page: Page): Promise<Shift[]> {
  // Two frames, and a turn for what the observer has to tell.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  )
  return page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts.splice(0))
}

/** Texts of which a part cannot be seen nor scrolled to, without an ellipsis that says so or a tooltip that has the whole. */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const clips = (style: CSSStyleDeclaration) =>
      style.overflowX !== 'visible' || /paint|content|strict/.test(style.contain)
    const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll'
    const isCut = (text: Node, element: Element): boolean => {
      const range = document.createRange()
      range.selectNodeContents(text)
      const rects = [...range.getClientRects()]
      if (rects.length === 0) return false
      let [left, right, bottom] = [1e9, -1e9, -1e9]
      for (const rect of rects) {
        left = Math.min(left, rect.left)
        right = Math.max(right, rect.right)
        bottom = Math.max(bottom, rect.bottom)
      }
      let [sideways, down] = [true, true]
      let told = false
      for (let at: Element | null = element; at && (sideways || down); at = at.parentElement) {
        const style = getComputedStyle(at)
        if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') told = true
        if (!clips(style)) continue
        if (scrolls(style.overflowX)) sideways = false
        if (scrolls(style.overflowY)) down = false
        const box = at.getBoundingClientRect()
        const over =
          (sideways && (right > box.right + 1.5 || left < box.left - 1.5)) || (down && bottom > box.bottom + 2.5)
        if (over) return !(told && element.closest('[title]')?.getAttribute('title'))
      }
      return false
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement
      if (!element || !text.textContent?.trim() || element.closest('.unseen, script, option')) continue
      // What is for those who listen is not meant to be seen.
      if (!element.checkVisibility({ visibilityProperty: true }) || getComputedStyle(element).clipPath !== 'none')
        continue
      if (!isCut(text, element)) continue
      found.push(`${element.tagName}.${element.className}: ${text.textContent.slice(0, 60)}`)
    }
    for (const field of document.querySelectorAll<HTMLInputElement>('input[type=text]')) {
      if (field.scrollWidth > field.clientWidth + 1 && !field.closest('[title]')) found.push(`field: ${field.value}`)
    }
    return found
  })
}

/** What Tab comes to, one stop after the other, until it leaves the page. */
export async function tabStops(page: Page, most = 300): Promise<string[]> {
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    getSelection()?.removeAllRanges()
  })
  const stops: string[] = []
  await page.evaluate(() => document.body.focus())
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate((isFirst) => {
      const active = document.activeElement
      const seen = globalThis as { firstStop?: Element | null }
      if (isFirst) seen.firstStop = active
      // A browser leaves the page at its end, Electron begins again.
      if (!active || active === document.body || (!isFirst && active === seen.firstStop)) return null
      return `${active.tagName.toLowerCase()} ${active.className} ${active.getAttribute('aria-label') ?? active.textContent?.slice(0, 30)}`
    }, i === 0)
    if (stop === null) break
    stops.push(stop)
  }
  return stops
}
