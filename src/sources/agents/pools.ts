/** Pools and their tasks, from whoever submits them to whoever takes their results. */
import { isCount, isText } from '../../shared/checks.ts'
import type { ErrorInfo, ProcessId } from '../../shared/telemetry.ts'
import { idOf } from './threads.ts'
import type { Cells, Told, TranslatorOptions } from './translator.ts'

interface Pool {
  id: string
  name: string
}

/** A pool's maker says how large it is at the end of making it, when its workers may have begun: what they tell waits so long. */
const WAIT_FOR_SIZE_US = 1_000_000
const MOST_EARLY = 10_000

const STATES = ['closed', 'terminated', 'broken', 'ended'] as const

export class Pools {
  readonly #options: TranslatorOptions
  readonly #pools = new Map<string, Pool>()
  /** How many parts each job has that has not ended. */
  readonly #parts = new Map<string, number>()
  /** Tasks that were told and have not ended. */
  readonly #tasks = new Set<string>()
  /** What was told of pools that are not known yet. */
  #early: Told[] = []
  /** Failed ones whose error nobody has looked at. */
  readonly #failed = new Set<string>()

  constructor(options: TranslatorOptions) {
    this.#options = options
  }

  /** Takes pools that have their size: who made one knows it, a worker does not. */
  update(all: readonly Cells[]): void {
    for (const { byIndex, process } of all) {
      for (const { kind, description } of byIndex.values()) {
        if (kind !== 'pool' || !isText(description.id) || this.#pools.has(description.id)) continue
        if (isCount(description.size) || this.#isOverdue(description.id))
          this.#add(description.id, process, description)
      }
    }
    const early = this.#early
    this.#early = []
    for (const told of early) this.heard(told)
  }

  #isOverdue(pool: string): boolean {
    const first = this.#early.find(({ line }) => line.pool === pool)
    return first !== undefined && this.#options.nowUs() - first.atUs > WAIT_FOR_SIZE_US
  }

  /** @returns how many calls of a job were told; a pool of which nothing is known has none */
  partsOf(pool: string, job: number): number {
    return this.#parts.get(`p:${pool}/${job}`) ?? 0
  }

  /** @returns whether the line is one about pools and tasks */
  heard(told: Told): boolean {
    const { process, pid, atUs, line } = told
    const { emit } = this.#options
    if (!isText(line.pool)) return false
    const pool = this.#pools.get(line.pool)
    if (!pool) {
      if (this.#early.length < MOST_EARLY) this.#early.push(told)
      return true
    }
    if (line.e === 'worker') {
      const worker = idOf({ process, pid }, isCount(line.tid) ? line.tid : 0)
      emit({
        type: 'process.described',
        atUs,
        process: worker,
        kind: worker === process ? 'worker' : 'thread',
        pool: pool.id,
      })
      return true
    }
    const state = STATES.find((known) => known === line.state)
    if (line.e === 'pool.state' && state) emit({ type: 'pool.changed', atUs, pool: pool.id, state })
    if (isText(line.task)) this.#task(pool, line.task, { process, pid, atUs, line })
    return true
  }

  #task(pool: Pool, name: string, { process, pid, atUs, line }: Told): void {
    const { emit } = this.#options
    const task = `${pool.id}/${name}`
    const words = isText(line.name) ? line.name : name
    const known = this.#tasks.has(task)
    if (!known && (line.e === 'task.submitted' || line.e === 'task.started')) {
      this.#tasks.add(task)
      const job = task.slice(0, task.lastIndexOf('.'))
      this.#parts.set(job, (this.#parts.get(job) ?? 0) + 1)
      const count = isCount(line.count) && line.count > 1 ? ` × ${line.count}` : ''
      emit({ type: 'task.submitted', atUs, task, pool: pool.id, name: `${words}${count}` })
    }
    if (line.e === 'task.started') {
      const worker = idOf({ process, pid }, isCount(line.tid) ? line.tid : 0)
      emit({ type: 'task.started', atUs, task, process: worker, pool: pool.id, name: words })
    } else if (line.e === 'task.done') emit({ type: 'task.finished', atUs, task, pool: pool.id })
    else if (line.e === 'task.failed') {
      const error = errorOf(line.error)
      this.#failed.add(task)
      emit({ type: 'task.failed', atUs, task, pool: pool.id, error })
      const message = `A task of ${pool.name} failed: ${error.name}: ${error.message}`
      emit({
        type: 'problem.raised',
        atUs,
        problem: `failed/${task}`,
        kind: 'task-failed',
        message,
        task,
        pool: pool.id,
        process,
        error,
      })
    } else if (line.e === 'task.observed') this.#observed(task, atUs)
    if (line.e !== 'task.done' && line.e !== 'task.failed') return
    this.#tasks.delete(task)
    this.#parts.delete(task.slice(0, task.lastIndexOf('.')))
  }

  #observed(task: string, atUs: number): void {
    // Of a `map` the result is that of all its parts.
    const job = task.slice(0, task.lastIndexOf('.') + 1)
    for (const failed of this.#failed) {
      if (failed !== task && !failed.startsWith(job)) continue
      this.#failed.delete(failed)
      this.#options.emit({ type: 'task.observed', atUs, task: failed })
    }
  }

  #add(name: string, process: ProcessId, description: Readonly<Record<string, unknown>>): Pool {
    const pool = { id: `p:${name}`, name: isText(description.kind) ? description.kind : 'Pool' }
    this.#pools.set(name, pool)
    const size = isCount(description.size) ? description.size : 0
    const noticesDeaths = description.noticesDeaths !== false
    const { emit, nowUs } = this.#options
    emit({ type: 'pool.created', atUs: nowUs(), pool: pool.id, name: pool.name, size, process, noticesDeaths })
    return pool
  }
}

function errorOf(value: unknown): ErrorInfo {
  const { name, message, stack } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return {
    name: isText(name) ? name : 'Error',
    message: isText(message) ? message : 'it did not say why',
    stack: isText(stack) ? stack : '',
  }
}
