/** Up, down, home and end move the focus within a list. */

/** @param selector what in the list can have the focus */
export function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }, selector: string): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)]
  const now = items.findIndex((item) => item.contains(document.activeElement))
  const next = { ArrowUp: now - 1, ArrowDown: now + 1, Home: 0, End: items.length - 1 }[event.key]
  if (next === undefined) return
  event.preventDefault()
  items[Math.min(items.length - 1, Math.max(0, next))]?.focus()
}
