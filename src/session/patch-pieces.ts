/** A patch in pieces of bounded size: a view takes them one after the other, and after the last has what the patch says. */
import type { LogTail, LogTails, SessionPatch, TablePatch } from '../shared/session-patch.ts'
import type { Row } from '../shared/session-state.ts'
import { historyNames, type TableName, tableNames } from './state.ts'

/** Puts a part of the patch into a piece. */
type Put = (piece: SessionPatch) => void

/**
 * @param most characters of a piece, about; a row is never cut
 * @returns the patch itself where it is no larger. Pieces are made as they are asked for, and hold what they say: the state may change meanwhile
 */
export function* piecesOfPatch(patch: SessionPatch, most: number): Generator<SessionPatch> {
  const { session, since, rev, nowUs } = patch
  let piece: SessionPatch = { session, since, rev, nowUs }
  let weight = 0
  for (const [weightOfPart, put] of partsOf(patch)) {
    if (weight > 0 && weight + weightOfPart > most) {
      yield piece
      piece = { session, since: rev, rev, nowUs }
      weight = 0
    }
    put(piece)
    weight += weightOfPart
  }
  yield piece
}

/** Tables come before the logs of their rows. */
function* partsOf(patch: SessionPatch): Generator<[weight: number, put: Put]> {
  const { head, output } = patch
  if (head) yield [weightOf(head), (piece) => (piece.head = head)]
  for (const name of tableNames) {
    const changed: TablePatch<Row> | undefined = patch[name]
    if (changed) yield* partsOfTable(name, changed)
  }
  for (const name of historyNames) {
    for (const [id, tail] of patch[name] ?? []) {
      for (const [weight, part] of partsOfTail<{ rev: number }>(tail)) {
        yield [weight, (piece) => addTail((piece[name] ??= []) as LogTails<{ rev: number }>, id, part)]
      }
    }
  }
  if (!output) return
  for (const [weight, part] of partsOfTail(output)) {
    yield [
      weight,
      (piece) => {
        if (piece.output) piece.output.items.push(...part.items)
        else piece.output = part
      },
    ]
  }
}

function* partsOfTable(name: TableName, { all, rows, gone, forgotten }: TablePatch<Row>): Generator<[number, Put]> {
  const tableOf = (piece: SessionPatch): TablePatch<Row> => {
    const tables: Partial<Record<TableName, TablePatch<Row>>> = piece
    tables[name] ??= { rows: [], forgotten }
    return tables[name]
  }
  yield [
    20,
    (piece) => {
      const table = tableOf(piece)
      if (all) table.all = all
    },
  ]
  for (const id of gone ?? []) {
    yield [
      id.length + 3,
      (piece) => {
        const table = tableOf(piece)
        table.gone ??= []
        table.gone.push(id)
      },
    ]
  }
  for (const row of rows) yield [weightOf(row), (piece) => void tableOf(piece).rows.push(row)]
}

/** So many items of a log are put at a time. */
const ITEMS = 50

/** Each part has a list of its own. */
function* partsOfTail<T>({ first, from, items }: LogTail<T>): Generator<[number, LogTail<T>]> {
  for (let at = 0; at < items.length; at += ITEMS) {
    const part = items.slice(at, at + ITEMS)
    yield [weightOf(part), { first, from: from + at, items: part }]
  }
}

function addTail<T>(tails: LogTails<T>, id: string, tail: LogTail<T>): void {
  const last = tails.at(-1)
  if (last?.[0] === id) last[1].items.push(...tail.items)
  else tails.push([id, tail])
}

/** About as many characters as a value has as JSON. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 3
  if (typeof value !== 'object' || value === null) return 8
  let weight = 2
  for (const name in value) {
    weight += (Array.isArray(value) ? 0 : name.length + 3) + weightOf((value as Record<string, unknown>)[name])
  }
  return weight
}
