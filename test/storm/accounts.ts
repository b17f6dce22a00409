/** What the notes say when all is over: what was put came once, or was being got by a process that was killed. */
import { MANY, MANY_MOST } from '../fixtures/storm.ts'
import type { Note } from './notes.ts'

export interface Account {
  put: number
  got: number
  /** Items that a process got after later ones of the same putter: they had been on their way to another before. */
  givenBack: number
  faults: string[]
}

const some = (items: Iterable<number>) => `${[...items].slice(0, 5).join(', ')} …`

function twice(items: readonly number[]): number[] {
  const seen = new Set<number>()
  return items.filter((item) => seen.size === seen.add(item).size)
}

/** @param isLost whether the queue itself is gone, and with it what was in it */
export function accountOf(arena: string, notes: readonly Note[], isLost: boolean): Account {
  const of = (sign: 'begun' | 'put' | 'got') => notes.flatMap((note) => note[sign])
  const [begun, put, got] = [new Set(of('begun')), of('put'), of('got')]
  const faults: string[] = []
  const again = twice(got)
  if (again.length > 0) faults.push(`${arena}: ${again.length} items came twice: ${some(again)}`)
  const strange = got.filter((item) => !begun.has(item))
  if (strange.length > 0) faults.push(`${arena}: ${strange.length} items came that nobody put: ${some(strange)}`)
  const arrived = new Set(got)
  const missing = put.filter((item) => !arrived.has(item))
  const killed = notes.filter(({ role, ended }) => role === 'getter' && !ended).length
  const mayMiss = killed * (arena === MANY ? MANY_MOST : 1)
  if (!isLost && missing.length > mayMiss) {
    faults.push(`${arena}: ${missing.length} items are missing, and ${killed} getters were killed: ${some(missing)}`)
  }
  const givenBack = notes.reduce(
    (sum, note) => sum + note.got.filter((item, i) => item < (note.got[i - 1] ?? 0)).length,
    0,
  )
  return { put: put.length, got: got.length, givenBack, faults }
}
