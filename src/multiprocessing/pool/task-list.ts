/**
 * Tasks that wait for a worker, in the order in which they are to be begun. Adding one, beginning one and taking one back cost
 * the same however many there are: those of one priority are linked to each other.
 */
import type { Row, Task } from './task.ts'

export class TaskList {
  readonly #rows = new Map<number, Row>()
  /** A heap: no row is less urgent than the two below it. The first one has tasks, if there are any. */
  readonly #heap: Row[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Task | null {
    return this.#heap[0]?.head ?? null
  }

  /** Puts a task behind all that are as urgent or more; or else before all that are not more urgent. */
  add(task: Task, first = false): void {
    const row = this.#rowOf(task.call.priority)
    task.row = row
    task.before = first ? null : row.tail
    task.after = first ? row.head : null
    if (task.before) task.before.after = task
    else row.head = task
    if (task.after) task.after.before = task
    else row.tail = task
    this.#length++
  }

  /** Puts tasks before all others that are not more urgent, in their order. */
  addFirst(tasks: readonly Task[]): void {
    for (const task of tasks.toReversed()) this.add(task, true)
  }

  shift(): Task | undefined {
    const task = this.first
    if (!task) return undefined
    this.remove(task)
    return task
  }

  /** @returns whether it was there */
  remove(task: Task): boolean {
    const { row, before, after } = task
    if (!row) return false
    if (before) before.after = after
    else row.head = after
    if (after) after.before = before
    else row.tail = before
    task.row = task.before = task.after = null
    this.#length--
    // The last one stays, for most tasks are as urgent as each other.
    while (this.#heap.length > 1 && !this.#heap[0]?.head) this.#dropFirstRow()
    return true
  }

  /** Takes all out. */
  clear(): Task[] {
    const tasks: Task[] = []
    for (let task = this.shift(); task; task = this.shift()) tasks.push(task)
    return tasks
  }

  #rowOf(priority: number): Row {
    const known = this.#rows.get(priority)
    if (known) return known
    const row: Row = { priority, head: null, tail: null }
    const heap = this.#heap
    if (heap[0]?.head === null) {
      // Without tasks it is the only one.
      this.#rows.clear()
      heap.length = 0
    }
    this.#rows.set(priority, row)
    let at = heap.push(row) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if ((heap[above] as Row).priority < priority) break
      heap[at] = heap[above] as Row
      at = above
    }
    heap[at] = row
    return row
  }

  #dropFirstRow(): void {
    const heap = this.#heap
    this.#rows.delete((heap[0] as Row).priority)
    const last = heap.pop() as Row
    for (let at = 0; ; ) {
      let below = 2 * at + 1
      if (below + 1 < heap.length && (heap[below + 1] as Row).priority < (heap[below] as Row).priority) below++
      const next = heap[below]
      if (!next || next.priority > last.priority) {
        heap[at] = last
        return
      }
      heap[at] = next
      at = below
    }
  }
}
