/**
 * What is told of the shared objects that this process keeps: who has each one and who waits for it, at most every 100 ms, and
 * only what has changed by then. Where nobody watches there is none of this.
 */
import { type ObjectKind, QUEUE_REPORT_MS, type Waiter } from '../../shared/telemetry.ts'
import { Paced } from '../run/paced.ts'
import type { Run } from '../run/run.ts'

/** Of one process so many objects are told as they are made; of more, those that somebody waits for. */
const MOST_OBJECTS = 200
/** So many objects are told at a time; the others have their turn 100 ms later. */
const MOST_AT_A_TIME = 100
/** Processes that are told to hold an object, or to wait for it. */
const MOST_LISTED = 1_000

export interface ReportedObject {
  readonly id: string
  readonly kind: ObjectKind
  readonly name: string
  /** Who has it now, since when; left out for what nobody can have. */
  readonly holders?: (() => Iterable<Waiter>) | undefined
}

type Changed = (report: ObjectReport) => void

export class ObjectReport {
  readonly object: ReportedObject
  readonly #changed: Changed
  /** By process and end, in the order in which they came. One process may wait a hundred thousand times. */
  readonly #waiting = new Map<string, Set<Waiter>>()
  #holders: Waiter[] = []
  /** What was told last, or need not be: that nobody has it and nobody waits. */
  #told = told([], [])
  /** Whether it is known to who watches. */
  announced = false

  /** @param changed called when there may be something to tell */
  constructor(object: ReportedObject, changed: Changed) {
    this.object = object
    this.#changed = changed
  }

  get hasWaiters(): boolean {
    return this.#waiting.size > 0
  }

  /** Somebody waits. @returns what to call when that is over */
  enter(waiter: Waiter): () => void {
    const key = waiter.end === undefined ? waiter.process : `${waiter.process} ${waiter.end}`
    let same = this.#waiting.get(key)
    if (!same) this.#waiting.set(key, (same = new Set()))
    same.add(waiter)
    this.#changed(this)
    return () => {
      same.delete(waiter)
      if (same.size === 0 && this.#waiting.get(key) === same) this.#waiting.delete(key)
      this.#changed(this)
    }
  }

  /** Somebody may have it who had not, or the other way round. */
  holdersChanged(): void {
    if (this.object.holders) this.#changed(this)
  }

  /** Processes are gone: they wait for nothing. What they had is the object's own to tell. */
  forget(isGone: (process: string) => boolean): void {
    let concerned = this.#holders.some(({ process }) => isGone(process))
    for (const [key, [first]] of this.#waiting) {
      if (first && isGone(first.process)) concerned = this.#waiting.delete(key)
    }
    if (concerned) this.#changed(this)
  }

  /** @returns who has it and who waits, if that was not told before */
  news(): { holders: Waiter[]; waiting: Waiter[] } | undefined {
    this.#holders = Array.from(this.object.holders?.() ?? []).slice(0, MOST_LISTED)
    const waiting: Waiter[] = []
    for (const [first] of this.#waiting.values()) {
      if (first) waiting.push(first)
      if (waiting.length === MOST_LISTED) break
    }
    const now = told(this.#holders, waiting)
    if (now === this.#told) return undefined
    this.#told = now
    return { holders: this.#holders, waiting }
  }
}

function told(holders: Waiter[], waiting: Waiter[]): string {
  return JSON.stringify([holders, waiting])
}

export class ObjectReports {
  readonly #run: Run
  readonly #changed = new Set<ObjectReport>()
  readonly #paced = new Paced(QUEUE_REPORT_MS, () => this.#tell())
  #announced = 0

  constructor(run: Run) {
    this.#run = run
    run.reporters.add(() => this.#paced.now())
  }

  /** There is an object of this process. */
  add(object: ReportedObject): ObjectReport {
    const report = new ObjectReport(object, this.#note)
    if (this.#announced < MOST_OBJECTS) this.#announce(report)
    return report
  }

  /** One that another process has made, and told of. */
  addForeign(object: ReportedObject): ObjectReport {
    const report = new ObjectReport(object, this.#note)
    report.announced = true
    this.#announced++
    return report
  }

  /** Nobody has it any more. */
  remove(report: ObjectReport): void {
    this.#changed.delete(report)
    if (!report.announced) return
    report.announced = false
    this.#announced--
    this.#run.emit({ type: 'object.gone', atUs: this.#run.nowUs(), object: report.object.id })
  }

  #announce(report: ObjectReport): void {
    report.announced = true
    this.#announced++
    const { id, kind, name } = report.object
    const run = this.#run
    run.emit({ type: 'object.created', atUs: run.nowUs(), object: id, kind, name, process: run.path })
  }

  readonly #note = (report: ObjectReport): void => {
    this.#changed.add(report)
    this.#paced.note()
  }

  #tell(): void {
    let left = MOST_AT_A_TIME
    for (const report of this.#changed) {
      if (left-- === 0) break
      this.#changed.delete(report)
      if (!report.announced) {
        if (!report.hasWaiters) continue
        this.#announce(report)
      }
      const news = report.news()
      if (news) {
        this.#run.emit({ type: 'object.changed', atUs: this.#run.nowUs(), object: report.object.id, ...news })
      }
    }
    if (this.#changed.size > 0) this.#paced.note()
  }
}
