/** The one selection that all of the page shows. */
import { signal } from '@preact/signals'

export type SelectionKind = 'process' | 'queue' | 'task'

export interface Selection {
  kind: SelectionKind
  id: string
}

export const selection = signal<Selection | null>(null)

/** What the panel beside the problems shows: what is selected, or one of the program's source files, by its place in the list. */
export const inspectorTab = signal<'details' | number>(0)

/** Selects, and shows what is selected in detail. */
export function select(kind: SelectionKind, id: string): void {
  selection.value = { kind, id }
  inspectorTab.value = 'details'
}

/** Selects, or unselects what is selected already. */
export function toggleSelection(kind: SelectionKind, id: string): void {
  if (isSelected(kind, id)) clearSelection()
  else select(kind, id)
}

export function clearSelection(): void {
  selection.value = null
  if (inspectorTab.value === 'details') inspectorTab.value = 0
}

export function isSelected(kind: SelectionKind, id: string): boolean {
  return selection.value?.kind === kind && selection.value.id === id
}
