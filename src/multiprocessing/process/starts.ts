/**
 * Starts of processes, spread over turns of the event loop. The system starts one after the other while this process stands
 * still, for two milliseconds at best; with a large heap, or beside many processes that are still loading, each takes many times
 * that. So only so many begin in one turn, and only so many load at a time; more would not be ready sooner. The rest follow in order.
 */
import { availableParallelism } from 'node:os'
import { clockMs } from '../run/clock.ts'

/** For so long starts may hold one turn; the first of a turn may always. */
const TURN_MS = 8
/** So many may be on their way up, for each core. */
const COMING_PER_CORE = 2
/** One that has said nothing for so long holds up the others no longer. */
const SILENT_MS = 1_000

const coming = new Set<object>()
const waiting = new Set<QueuedStart>()
let spentMs = 0
let turn: NodeJS.Immediate | undefined
let retry: NodeJS.Timeout | undefined

/** A start whose turn comes, unless it is called off. */
export class QueuedStart {
  readonly #begin: (late: boolean) => void

  /**
   * Begins at once if there is time for it and nothing waits.
   * @param begin what it throws is thrown from here; if it is called later than that it must not throw
   */
  constructor(begin: (late: boolean) => void) {
    this.#begin = begin
    if (waiting.size === 0 && hasRoom()) this.#run(false)
    else {
      waiting.add(this)
      goOn()
    }
  }

  get begun(): boolean {
    return !waiting.has(this)
  }

  /** Begins it before its turn, if it has not begun. */
  now(): void {
    if (waiting.delete(this)) this.#run(true)
  }

  cancel(): void {
    waiting.delete(this)
    goOn()
  }

  #run(late: boolean): void {
    const before = clockMs()
    try {
      this.#begin(late)
    } finally {
      spentMs += clockMs() - before
      nextTurn()
    }
  }
}

function hasRoom(): boolean {
  return spentMs < TURN_MS && coming.size < COMING_PER_CORE * availableParallelism()
}

function nextTurn(): void {
  if (turn) return
  turn = setImmediate(() => {
    turn = undefined
    spentMs = 0
    goOn(true)
  })
  if (waiting.size === 0) turn.unref()
}

/** @param isTurn whether a turn has just begun that is there for starting */
function goOn(isTurn = false): void {
  clearTimeout(retry)
  retry = undefined
  if (isTurn) for (const start of waiting) if (hasRoom()) start.now()
  if (waiting.size === 0) return
  if (hasRoom() || spentMs >= TURN_MS) {
    nextTurn()
    turn?.ref()
  } else {
    // Those that load say so when they are up. It also keeps this process going until then.
    retry = setTimeout(() => {
      for (const child of coming) {
        coming.delete(child)
        break
      }
      goOn()
    }, SILENT_MS)
  }
}

/** A process was started, and loads. */
export function isComing(child: object): void {
  coming.add(child)
}

/** It is up, or will never be. */
export function hasCome(child: object): void {
  if (coming.delete(child) && waiting.size > 0) goOn()
}
