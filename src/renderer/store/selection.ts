/** The one selection that all of the page shows. */
import { signal } from '@preact/signals'
import type { Selection, SelectionKind } from '../series/related.ts'

export type { Selection, SelectionKind } from '../series/related.ts'

export const selection = signal<Selection | null>(null)

/** Which tab is shown below the lanes: `output`, or one of the program's source files by its place, `source-0`. */
export const belowTab = signal('output')

export function select(kind: SelectionKind, id: string): void {
  selection.value = { kind, id }
}

/** Selects, or unselects what is selected already. */
export function toggleSelection(kind: SelectionKind, id: string): void {
  if (isSelected(kind, id)) clearSelection()
  else select(kind, id)
}

export function clearSelection(): void {
  selection.value = null
}

export function isSelected(kind: SelectionKind, id: string): boolean {
  return selection.value?.kind === kind && selection.value.id === id
}
