/** Tasks that wait for a worker, in the order in which they are to be begun. Cheap at both ends, however many there are. */
import type { Task } from './task.ts'

/** So much of the array may be behind the head before it is cut off. */
const COMPACT_AT = 1_024

export class TaskList {
  #tasks: (Task | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#tasks.length - this.#head
  }

  get first(): Task | null {
    return this.#tasks[this.#head] ?? null
  }

  /** Puts a task behind all that are as urgent or more. */
  add(task: Task): void {
    let at = this.#tasks.length
    while (at > this.#head && (this.#tasks[at - 1] as Task).call.priority > task.call.priority) at--
    if (at === this.#tasks.length) this.#tasks.push(task)
    else this.#tasks.splice(at, 0, task)
  }

  shift(): Task | undefined {
    const task = this.#tasks[this.#head]
    if (!task) return undefined
    this.#tasks[this.#head++] = undefined
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#tasks.length) {
      this.#tasks = this.#tasks.slice(this.#head)
      this.#head = 0
    }
    return task
  }

  /** Puts tasks, all of the same priority, before all others that are not more urgent, in their order. */
  addFirst(tasks: readonly Task[]): void {
    const [first] = tasks
    if (!first) return
    const rest = this.#tasks.slice(this.#head) as Task[]
    const at = rest.findIndex(({ call }) => call.priority >= first.call.priority)
    const split = at < 0 ? rest.length : at
    this.#tasks = [...rest.slice(0, split), ...tasks, ...rest.slice(split)]
    this.#head = 0
  }

  /** @returns whether it was there */
  remove(task: Task): boolean {
    const at = this.#tasks.indexOf(task, this.#head)
    if (at < 0) return false
    this.#tasks.splice(at, 1)
    return true
  }

  find(matches: (task: Task) => boolean): Task | undefined {
    return this.#tasks.slice(this.#head).find((task) => task !== undefined && matches(task))
  }

  /** Takes all out. */
  clear(): Task[] {
    const tasks = this.#tasks.slice(this.#head) as Task[]
    this.#tasks = []
    this.#head = 0
    return tasks
  }
}
