/** What things are called, by what the cells of all processes together say of them. */
import { isText } from '../../shared/checks.ts'
import type { ReadCell } from './region.ts'
import type { Cells } from './translator.ts'

export type Description = Readonly<Record<string, unknown>>
export type Descriptions = ReadonlyMap<string, Description>

/**
 * Where a thing was made, one process knows, and how large it is perhaps another. @returns what all say of each thing together
 * @param isMeant which cells are looked at @param known what is told already, and left out
 */
export function mergedDescriptions(
  all: readonly Cells[],
  isMeant: (cell: ReadCell) => boolean,
  known: ReadonlyMap<string, unknown>,
): Descriptions {
  const merged = new Map<string, Description>()
  for (const { byIndex } of all) {
    for (const cell of byIndex.values()) {
      const { id } = cell.description
      if (!isText(id) || known.has(id) || !isMeant(cell)) continue
      merged.set(id, { ...cell.description, ...merged.get(id) })
    }
  }
  return merged
}

/** @returns what a thing is called: its name, where it was made, or what it is */
export function labelOf(description: Description, kind: string | undefined): string {
  const { name, where, kind: own } = description
  const what = isText(own) ? own : (kind ?? 'something')
  if (isText(name)) return name === what ? name : `${what} (${name})`
  return isText(where) ? `${what} (${where})` : what
}
