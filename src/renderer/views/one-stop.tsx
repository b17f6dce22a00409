/** A group of things to press that is one stop for the Tab key: the arrow keys, Home and End lead from one to the next. */
import { type ComponentChildren, type HTMLAttributes, h } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

export interface OneStopProps extends HTMLAttributes<HTMLElement> {
  as?: 'div' | 'ul' | 'table' | 'tbody' | 'section'
  /** What in the group can have the focus, as a selector. */
  items: string
  /** Where Tab comes to at first. */
  begin?: 'first' | 'last'
  children: ComponentChildren
}

const BACK = ['ArrowUp', 'ArrowLeft']
const FORTH = ['ArrowDown', 'ArrowRight']

function canHaveFocus(item: HTMLElement): boolean {
  return !item.matches(':disabled') && item.getClientRects().length > 0
}

/** @returns the item above or below, in a group of several columns the nearest one; the one before or after if there is none */
function upOrDown(items: readonly HTMLElement[], now: number, down: boolean): HTMLElement | undefined {
  const here = items[now]?.getBoundingClientRect()
  if (!here) return undefined
  let nearest: { item: HTMLElement; rows: number; across: number } | undefined
  for (const item of items) {
    const { left, top, bottom } = item.getBoundingClientRect()
    const rows = down ? top - here.bottom : here.top - bottom
    const across = Math.abs(left - here.left)
    if (rows < -1) continue
    if (!nearest || rows < nearest.rows - 1 || (rows < nearest.rows + 1 && across < nearest.across)) {
      nearest = { item, rows, across }
    }
  }
  return nearest?.item ?? items[now + (down ? 1 : -1)]
}

function nextItem(items: readonly HTMLElement[], now: number, key: string): HTMLElement | undefined {
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key === 'ArrowUp' || key === 'ArrowDown') return upOrDown(items, now, key === 'ArrowDown')
  if (BACK.includes(key)) return items[now - 1]
  return FORTH.includes(key) ? items[now + 1] : undefined
}

/**
 * The stops are set on the elements, not through the tree: what is inside need not know of it, and moving renders nothing.
 * What comes later is looked at as it comes, so a patch costs by what it brought.
 */
function keepOneStop(group: HTMLElement, selector: string, begin: 'first' | 'last'): () => void {
  let stop: HTMLElement | null = null
  const moveTo = (item: HTMLElement | null) => {
    if (stop) stop.tabIndex = -1
    stop = item
    if (stop) stop.tabIndex = 0
  }
  const settle = () => {
    if (stop && group.contains(stop) && canHaveFocus(stop)) return
    const items = [...group.querySelectorAll<HTMLElement>(selector)].filter(canHaveFocus)
    moveTo((begin === 'last' ? items.at(-1) : items[0]) ?? null)
  }
  const take = (node: Node) => {
    if (!(node instanceof HTMLElement)) return
    if (node.matches(selector) && node !== stop) node.tabIndex = -1
    for (const item of node.querySelectorAll<HTMLElement>(selector)) if (item !== stop) item.tabIndex = -1
  }
  take(group)
  settle()
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) take(node)
    settle()
  })
  observer.observe(group, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  const onFocusIn = (event: FocusEvent) => {
    const item = (event.target as Element).closest<HTMLElement>(selector)
    if (item && item !== stop && group.contains(item)) moveTo(item)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (!(event.target as Element).matches(selector)) return
    const items = [...group.querySelectorAll<HTMLElement>(selector)].filter(canHaveFocus)
    const next = nextItem(items, items.indexOf(event.target as HTMLElement), event.key)
    if (!next) return
    event.preventDefault()
    next.focus()
  }
  group.addEventListener('focusin', onFocusIn)
  group.addEventListener('keydown', onKeyDown)
  return () => {
    observer.disconnect()
    group.removeEventListener('focusin', onFocusIn)
    group.removeEventListener('keydown', onKeyDown)
  }
}

export function OneStop({ as = 'div', items, begin = 'first', children, ...rest }: OneStopProps) {
  const group = useRef<HTMLElement>(null)
  useLayoutEffect(() => (group.current ? keepOneStop(group.current, items, begin) : undefined), [items, begin])
  return h(as, { ...rest, ref: group }, children)
}
