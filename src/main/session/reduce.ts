/** Telemetry events in, session state out: the one place where events become what is true. */
import { append, createLog, type Log, last } from '../../shared/log.ts'
import {
  type LaneSegment,
  LIMITS,
  type PoolRow,
  type ProcessRow,
  type QueueRow,
  type SessionState,
  type TaskRow,
} from '../../shared/session-state.ts'
import type {
  ProcessId,
  ProcessStarted,
  ProcessStateChanged,
  QueueChanged,
  TelemetryEvent,
} from '../../shared/telemetry.ts'
import { OutputLines } from './output-lines.ts'

/** Rates are taken over at least this long, so that they can be read. */
const RATE_WINDOW_US = 2_000_000

interface RatePoint {
  atUs: number
  puts: number
  gets: number
}

function logOf<T extends { rev: number }>(logs: Map<string, Log<T>>, id: string): Log<T> {
  let log = logs.get(id)
  if (!log) logs.set(id, (log = createLog()))
  return log
}

export class Reducer {
  readonly state: SessionState
  readonly #output: OutputLines
  readonly #rates = new Map<string, RatePoint[]>()
  readonly #endedTasks: string[] = []
  readonly #taskNumbers = new Map<string, number>()
  readonly #taskDurationUs = new Map<string, { sumUs: number; count: number }>()

  constructor(state: SessionState) {
    this.state = state
    this.#output = new OutputLines(state)
  }

  /** Takes one event into the state. Events about things that are not known are ignored: a recording may begin anywhere. */
  apply(event: TelemetryEvent): void {
    const { state } = this
    const rev = ++state.rev
    switch (event.type) {
      case 'session.started': {
        const { program, title, parameters, startedAt } = event
        Object.assign(state.head, { rev, program, title, parameters, startedAt, phase: 'running' })
        break
      }
      case 'session.ended':
        this.#output.end()
        Object.assign(state.head, {
          rev,
          phase: event.outcome,
          endedAtUs: event.atUs,
          leftovers: event.leftovers,
        })
        this.#settleQueues(event.atUs)
        break
      case 'process.started':
        this.#processStarted(event, rev)
        break
      case 'process.state':
        this.#processState(event, rev)
        break
      case 'process.waited':
        this.#change(state.processes, event.process, (row) => {
          row.shortWaits += event.waits
          row.shortWaitUs += event.waitedUs
        })
        break
      case 'process.exited':
        this.#processExited(event.process, event.atUs, event.exitCode, event.signal)
        break
      case 'process.output':
        this.#output.add(event)
        break
      case 'process.sampled':
        for (const { process, cpuPercent, memoryBytes } of event.samples) {
          this.#change(state.processes, process, (row) => {
            if (row.state === 'exited') return
            row.cpuPercent = cpuPercent
            row.memoryBytes = memoryBytes
            append(logOf(state.samples, process), { rev, atUs: event.atUs, cpuPercent, memoryBytes }, LIMITS.samples)
          })
        }
        break
      case 'queue.created':
        state.queues.set(event.queue, {
          rev,
          id: event.queue,
          name: event.name,
          maxsize: event.maxsize,
          owner: event.process,
          depth: 0,
          depthMax: 0,
          puts: 0,
          gets: 0,
          putsPerSecond: 0,
          getsPerSecond: 0,
          waitingToPut: [],
          waitingToGet: [],
          producers: [],
          consumers: [],
          residence: [],
          closed: false,
        })
        append(
          logOf(state.depths, event.queue),
          { rev, atUs: event.atUs, depth: 0, max: 0, min: 0 },
          LIMITS.depthPoints,
        )
        break
      case 'queue.changed':
        this.#queueChanged(event, rev)
        break
      case 'queue.closed':
        this.#change(state.queues, event.queue, (row) => {
          row.closed = true
        })
        break
      case 'pool.created':
        state.pools.set(event.pool, {
          rev,
          id: event.pool,
          name: event.name,
          size: event.size,
          owner: event.process,
          state: 'open',
          waiting: 0,
          running: 0,
          done: 0,
          failed: 0,
          etaUs: null,
        })
        break
      case 'pool.changed':
        this.#change(state.pools, event.pool, (row) => {
          row.state = event.state
        })
        break
      case 'task.submitted': {
        const number = (this.#taskNumbers.get(event.pool) ?? 0) + 1
        this.#taskNumbers.set(event.pool, number)
        state.tasks.set(event.task, {
          rev,
          id: event.task,
          pool: event.pool,
          name: event.name,
          number,
          state: 'waiting',
          process: null,
          submittedAtUs: event.atUs,
          startedAtUs: null,
          endedAtUs: null,
          error: null,
          observed: false,
          retryOf: event.retryOf ?? null,
        })
        this.#countTask(event.pool, (pool) => pool.waiting++)
        break
      }
      case 'task.started':
        this.#taskStarted(event.task, event.process, event.atUs, rev)
        break
      case 'task.finished':
        this.#taskEnded(event.task, event.atUs, (task) => {
          task.state = 'done'
        })
        break
      case 'task.failed':
        this.#taskEnded(event.task, event.atUs, (task) => {
          task.state = 'failed'
          task.error = event.error
        })
        break
      case 'task.observed':
        this.#change(state.tasks, event.task, (task) => {
          task.observed = true
        })
        break
      case 'problem.raised': {
        const { problem, atUs, kind, message, consequence, process, pid, task, pool, error } = event
        state.problems.set(problem, {
          rev,
          id: problem,
          atUs,
          kind,
          message,
          consequence: consequence ?? null,
          process: process ?? null,
          pid: pid ?? null,
          task: task ?? null,
          pool: pool ?? null,
          error: error ?? null,
        })
        if (state.problems.size > LIMITS.problems) {
          const oldest = state.problems.keys().next().value
          if (oldest !== undefined) state.problems.delete(oldest)
        }
      }
    }
  }

  /** The stop was asked for: until the session has ended, views say so. */
  stopping(): void {
    const { state } = this
    if (state.head.endedAtUs !== null || state.head.phase === 'stopping') return
    Object.assign(state.head, { rev: ++state.rev, phase: 'stopping' })
  }

  #change<T extends { rev: number }>(rows: Map<string, T>, id: string, change: (row: T) => void): void {
    const row = rows.get(id)
    if (!row) return
    // A fresh object: a view in the same process may still hold the one before.
    const next = { ...row, rev: this.state.rev }
    change(next)
    rows.set(id, next)
  }

  #processStarted(event: ProcessStarted, rev: number): void {
    const { state } = this
    const { process, name, pid, parent, kind, pool, atUs } = event
    state.processes.set(process, {
      rev,
      id: process,
      name,
      pid,
      parent,
      kind,
      pool: pool ?? null,
      order: state.processes.size,
      startedAtUs: atUs,
      state: 'starting',
      stateSinceUs: atUs,
      waitingOn: null,
      task: null,
      tasksDone: 0,
      endedAtUs: null,
      exitCode: null,
      signal: null,
      cpuPercent: null,
      memoryBytes: null,
      shortWaits: 0,
      shortWaitUs: 0,
    })
    this.#segment(process, atUs, { state: 'starting', waitingOn: null, task: null })
  }

  #processState(event: ProcessStateChanged, rev: number): void {
    const row = this.state.processes.get(event.process)
    if (!row || row.state === 'exited') return
    const waitingOn = event.waitingOn ?? null
    const atUs = Math.max(event.atUs, row.startedAtUs)
    this.state.processes.set(row.id, { ...row, rev, state: event.state, stateSinceUs: atUs, waitingOn })
    this.#segment(row.id, atUs, { state: event.state, waitingOn, task: row.task })
  }

  #processExited(process: ProcessId, atUs: number, exitCode: number | null, signal: string | null): void {
    this.#output.end(process)
    this.#change(this.state.processes, process, (row) => {
      row.state = 'exited'
      row.stateSinceUs = atUs
      row.waitingOn = null
      row.task = null
      row.endedAtUs = atUs
      row.exitCode = exitCode
      row.signal = signal
      row.cpuPercent = null
      row.memoryBytes = null
    })
    const lane = this.state.lanes.get(process)
    const open = lane && last(lane)
    if (open && open.toUs === null) this.#replaceLast(lane, { ...open, toUs: Math.max(open.fromUs, atUs) })
    for (const queue of this.state.queues.values()) {
      if (queue.owner === process && !queue.closed) {
        this.#change(this.state.queues, queue.id, (row) => {
          row.closed = true
        })
      }
    }
  }

  #replaceLast(lane: Log<LaneSegment>, segment: LaneSegment): void {
    segment.rev = this.state.rev
    lane.items[lane.items.length - 1] = segment
  }

  /** Begins a new stretch of a lane. It may begin a little in the past, and then shortens or replaces what was drawn. */
  #segment(process: ProcessId, fromUs: number, what: Pick<LaneSegment, 'state' | 'waitingOn' | 'task'>): void {
    const { rev } = this.state
    const lane = logOf(this.state.lanes, process)
    let previous = last(lane)
    while (previous && previous.fromUs >= fromUs && lane.items.length > 1) {
      lane.items.pop()
      previous = last(lane)
      // What is before has changed too, in that it is the last now: views must take it anew.
      if (previous) this.#replaceLast(lane, { ...previous, toUs: null })
      previous = last(lane)
    }
    const same =
      previous &&
      previous.toUs === null &&
      previous.state === what.state &&
      previous.task === what.task &&
      previous.waitingOn?.label === what.waitingOn?.label
    if (same) return
    if (previous && previous.toUs === null)
      this.#replaceLast(lane, { ...previous, toUs: Math.max(previous.fromUs, fromUs) })
    append(lane, { rev, fromUs, toUs: null, ...what }, LIMITS.laneSegments)
  }

  #taskStarted(id: string, process: ProcessId, atUs: number, rev: number): void {
    const { state } = this
    const task = state.tasks.get(id)
    if (task?.state !== 'waiting') return
    state.tasks.set(id, { ...task, rev, state: 'running', process, startedAtUs: atUs })
    this.#countTask(task.pool, (pool) => {
      pool.waiting--
      pool.running++
    })
    const row = state.processes.get(process)
    if (!row) return
    state.processes.set(process, { ...row, rev, state: 'running', stateSinceUs: atUs, waitingOn: null, task: id })
    this.#segment(process, atUs, { state: 'running', waitingOn: null, task: id })
  }

  #taskEnded(id: string, atUs: number, change: (task: TaskRow) => void): void {
    const { state } = this
    const before = state.tasks.get(id)
    if (!before || before.endedAtUs !== null) return
    this.#change(state.tasks, id, (task) => {
      task.endedAtUs = atUs
      change(task)
    })
    const failed = state.tasks.get(id)?.state === 'failed'
    if (before.startedAtUs !== null) {
      const durations = this.#taskDurationUs.get(before.pool) ?? { sumUs: 0, count: 0 }
      durations.sumUs += atUs - before.startedAtUs
      durations.count++
      this.#taskDurationUs.set(before.pool, durations)
    }
    this.#countTask(before.pool, (pool) => {
      if (before.state === 'running') pool.running--
      else pool.waiting--
      if (failed) pool.failed++
      else pool.done++
    })
    this.#forget(id)
    const row = before.process === null ? undefined : state.processes.get(before.process)
    if (!row || row.state === 'exited' || row.task !== id) return
    state.processes.set(row.id, {
      ...row,
      rev: state.rev,
      state: 'running',
      stateSinceUs: atUs,
      waitingOn: null,
      task: null,
      tasksDone: row.tasksDone + (failed ? 0 : 1),
    })
    this.#segment(row.id, atUs, { state: 'running', waitingOn: null, task: null })
  }

  #countTask(pool: string, change: (row: PoolRow) => void): void {
    this.#change(this.state.pools, pool, (row) => {
      change(row)
      const durations = this.#taskDurationUs.get(pool)
      const left = row.waiting + row.running
      if (!durations || left === 0) row.etaUs = left === 0 ? 0 : null
      else row.etaUs = (durations.sumUs / durations.count) * Math.max(1, left / row.size)
    })
  }

  #forget(ended: string): void {
    const { state } = this
    this.#endedTasks.push(ended)
    if (this.#endedTasks.length <= LIMITS.endedTasks) return
    const id = this.#endedTasks.shift() as string
    state.tasks.delete(id)
    append(state.forgottenTasks, { rev: state.rev, id }, LIMITS.endedTasks)
  }

  #queueChanged(event: QueueChanged, rev: number): void {
    const { state } = this
    const before = state.queues.get(event.queue)
    if (!before) return
    const { depth, puts, gets, waitingToPut, waitingToGet, producers, consumers, residence } = event
    const row: QueueRow = {
      ...before,
      rev,
      depth,
      depthMax: Math.max(before.depthMax, event.depthMax),
      puts,
      gets,
      waitingToPut,
      waitingToGet,
      producers,
      consumers,
      residence,
    }
    Object.assign(row, this.#rate(event.queue, event.atUs, puts, gets))
    state.queues.set(event.queue, row)
    const points = event.steps
      ? event.steps.map((step) => ({ ...step, max: step.depth, min: step.depth }))
      : [{ atUs: event.atUs, depth, max: Math.max(event.depthMax, depth), min: Math.min(event.depthMin, depth) }]
    const depths = logOf(state.depths, event.queue)
    for (const point of points) append(depths, { rev, ...point }, LIMITS.depthPoints)
  }

  #rate(queue: string, atUs: number, puts: number, gets: number): Pick<QueueRow, 'putsPerSecond' | 'getsPerSecond'> {
    const points = this.#rates.get(queue) ?? [{ atUs: 0, puts: 0, gets: 0 }]
    points.push({ atUs, puts, gets })
    while (points.length > 2 && (points[1] as RatePoint).atUs <= atUs - RATE_WINDOW_US) points.shift()
    this.#rates.set(queue, points)
    const [first] = points as [RatePoint]
    const seconds = Math.max(atUs - first.atUs, RATE_WINDOW_US / 2) / 1e6
    return { putsPerSecond: (puts - first.puts) / seconds, getsPerSecond: (gets - first.gets) / seconds }
  }

  /** Rates fall to zero when nothing is put or got any more, which no event tells. Called with the clock, now and then. */
  decay(nowUs: number): void {
    for (const row of this.state.queues.values()) {
      if (row.putsPerSecond === 0 && row.getsPerSecond === 0) continue
      const points = this.#rates.get(row.id)
      if (!points || (points.at(-1) as RatePoint).atUs > nowUs - RATE_WINDOW_US / 4) continue
      this.state.rev++
      this.#change(this.state.queues, row.id, (queue) => {
        Object.assign(queue, this.#rate(row.id, nowUs, row.puts, row.gets))
      })
    }
  }

  #settleQueues(atUs: number): void {
    for (const id of this.state.queues.keys()) {
      this.#change(this.state.queues, id, (row) => {
        Object.assign(row, { putsPerSecond: 0, getsPerSecond: 0, waitingToPut: [], waitingToGet: [] })
      })
      const depths = this.state.depths.get(id)
      const point = depths && last(depths)
      if (depths && point && point.atUs < atUs) {
        append(depths, { ...point, rev: this.state.rev, atUs, max: point.depth, min: point.depth }, LIMITS.depthPoints)
      }
    }
  }
}

/** @returns the processes of a session that exist in the system, threads and the app itself left out */
export function livingChildren(state: SessionState): ProcessRow[] {
  return [...state.processes.values()].filter(
    (row) => row.state !== 'exited' && row.kind !== 'main' && row.kind !== 'thread',
  )
}
