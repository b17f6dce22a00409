/** A row of tabs, of which one is chosen: one stop for Tab, left and right lead to the others. */
import type { ComponentChildren } from 'preact'

export interface TabInfo {
  id: string
  title: ComponentChildren
  hint?: string
}

export interface TabsProps {
  label: string
  tabs: readonly TabInfo[]
  chosen: string
  onChoose: (id: string) => void
  /** The id of the element that shows what is chosen. */
  panel: string
}

export function Tabs({ label, tabs, chosen, onChoose, panel }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const now = tabs.findIndex(({ id }) => id === chosen)
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: -1 }[event.key]
    const tab = next === undefined ? undefined : tabs.at(next % tabs.length)
    if (!tab) return
    event.preventDefault()
    onChoose(tab.id)
    event.currentTarget.querySelector<HTMLElement>(`#${panel}-tab-${tab.id}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, title, hint }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`${panel}-tab-${id}`}
          aria-selected={id === chosen}
          aria-controls={panel}
          tabIndex={id === chosen ? 0 : -1}
          title={hint}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}
