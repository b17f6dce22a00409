/** Events about processes: what each one is doing, how it ended, and what it costs. */
import type { ProcessRow } from '../shared/session-state.ts'
import type {
  ConnectedEnd,
  ProcessBusy,
  ProcessConnected,
  ProcessDescribed,
  ProcessExited,
  ProcessSampled,
  ProcessStarted,
  ProcessStateChanged,
  ProcessWaited,
  ProcessWaits,
  Wait,
  WaitTarget,
} from '../shared/telemetry.ts'
import { appendTo } from './histories.ts'
import { changeDoing, endLane, extendLane, markBusy, spentUntil } from './lanes.ts'
import { LIMITS } from './limits.ts'
import { loseObjectsOf } from './objects.ts'
import { endLines } from './output.ts'
import { endPoolsOf, loseTask } from './pools.ts'
import { closeQueuesOf } from './queues.ts'
import { endRowOf, type ReducedState } from './state.ts'
import { addRow, changeRow } from './table.ts'
import { copyOf, cut, lineOf, listOf, nameOf } from './texts.ts'

const BUSY_WINDOW_US = 1_000_000

export function processStarted(state: ReducedState, event: ProcessStarted): void {
  const { process, name, pid, parent, kind, pool, isApp = false, isSilent = false, atUs } = event
  const isNew = addRow(state.processes, state.rev, {
    id: process,
    name: nameOf(name),
    pid,
    parent,
    kind,
    pool: pool ?? null,
    isApp,
    isSilent,
    command: null,
    runtime: null,
    unseen: null,
    ends: [],
    moreEnds: 0,
    startedAtUs: atUs,
    state: 'starting',
    stateSinceUs: atUs,
    waitingOn: null,
    waits: [],
    moreWaits: 0,
    task: null,
    tasksBegun: 0,
    tasksDone: 0,
    tasksFailed: 0,
    endedAtUs: null,
    exitCode: null,
    signal: null,
    endReason: null,
    stoppedBy: null,
    cpuPercent: null,
    memoryBytes: null,
    cpuMs: null,
    peakMemoryBytes: null,
    spentUs: { starting: 0, running: 0, sleeping: 0, waiting: 0 },
    busyUs: 0,
    busyPercent: null,
    busyAtUs: null,
    shortWaits: 0,
    shortWaitUs: 0,
  })
  if (isNew && !isSilent) extendLane(state, process, atUs, { state: 'starting', waitingOn: null, task: null })
}

export function processDescribed(state: ReducedState, { process, ...event }: ProcessDescribed): void {
  const { name, kind, parent, pool, command, runtime, isSilent, unseen } = event
  changeRow(state.processes, state.rev, process, {
    ...(name !== undefined && { name: nameOf(name) }),
    ...(kind !== undefined && { kind }),
    ...(parent !== undefined && { parent }),
    ...(pool !== undefined && { pool }),
    ...(command !== undefined && { command: lineOf(command, LIMITS.message) }),
    ...(runtime !== undefined && { runtime: nameOf(runtime) }),
    ...(isSilent !== undefined && { isSilent }),
    ...(unseen !== undefined && { unseen: unseen === '' ? null : lineOf(unseen, LIMITS.message) }),
  })
}

export function processConnected(state: ReducedState, { process, ends, more }: ProcessConnected): void {
  if (state.processes.rows.get(process)?.state === 'exited') return
  const listed = listOf(ends).map(boundedEnd)
  changeRow(state.processes, state.rev, process, { ends: listed, moreEnds: ends.length - listed.length + (more ?? 0) })
}

export function processState(state: ReducedState, event: ProcessStateChanged): void {
  const waitingOn = event.waitingOn ? boundedTarget(event.waitingOn) : null
  changeDoing(state, event.process, event.atUs, { state: event.state, waitingOn })
}

export function processWaits(state: ReducedState, { process, waits, more }: ProcessWaits): void {
  if (state.processes.rows.get(process)?.state === 'exited') return
  const listed = listOf(waits).map(boundedWait)
  changeRow(state.processes, state.rev, process, {
    waits: listed,
    moreWaits: waits.length - listed.length + (more ?? 0),
  })
}

export function processBusy(state: ReducedState, { process, fromUs, atUs, ...event }: ProcessBusy): void {
  const row = state.processes.rows.get(process)
  if (!row || row.state === 'exited') return
  const percent = Math.min(100, Math.max(0, event.busyPercent))
  const lastedUs = Math.max(0, atUs - fromUs)
  // What is shown in figures is the mean of about a second: one that computes for 40 ms and sleeps for 40 is half busy.
  const weight = row.busyPercent === null ? 1 : Math.min(1, lastedUs / BUSY_WINDOW_US)
  const busyPercent = (row.busyPercent ?? 0) * (1 - weight) + percent * weight
  const busyUs = row.busyUs + (lastedUs * percent) / 100
  changeRow(state.processes, state.rev, process, { busyPercent, busyAtUs: atUs, busyUs })
  markBusy(state, process, fromUs, atUs, percent)
}

export function processWaited(state: ReducedState, { process, waits, waitedUs }: ProcessWaited): void {
  changeRow(state.processes, state.rev, process, ({ shortWaits, shortWaitUs }) => ({
    shortWaits: shortWaits + waits,
    shortWaitUs: shortWaitUs + waitedUs,
  }))
}

export function processSampled(state: ReducedState, { atUs, samples }: ProcessSampled): void {
  const { rev } = state
  for (const { process, cpuPercent, memoryBytes, cpuMs } of samples) {
    const row = state.processes.rows.get(process)
    if (!row || row.state === 'exited') continue
    changeRow(state.processes, rev, process, {
      cpuPercent,
      memoryBytes,
      cpuMs: cpuMs ?? row.cpuMs,
      peakMemoryBytes: Math.max(memoryBytes, row.peakMemoryBytes ?? 0),
    })
    appendTo(state, 'samples', process, { rev, atUs, cpuPercent, memoryBytes })
  }
}

export function processExited(state: ReducedState, event: ProcessExited): void {
  const { process, atUs, exitCode, signal } = event
  endLines(state, process)
  const row = state.processes.rows.get(process)
  if (!row || row.state === 'exited') return
  changeRow(state.processes, state.rev, process, {
    state: 'exited',
    stateSinceUs: atUs,
    spentUs: spentUntil(row, atUs),
    waitingOn: null,
    waits: [],
    moreWaits: 0,
    ends: [],
    moreEnds: 0,
    task: null,
    endedAtUs: atUs,
    exitCode,
    signal: signal === null ? null : nameOf(signal),
    endReason: event.reason === undefined ? null : lineOf(event.reason, LIMITS.message),
    stoppedBy: stoppedBy(state, row, event),
    cpuPercent: null,
    memoryBytes: null,
    busyPercent: null,
    busyAtUs: null,
  })
  endLane(state, process, atUs)
  closeQueuesOf(state, process)
  loseObjectsOf(state, process)
  endPoolsOf(state, process)
  if (row.task !== null) loseTask(state, row.task)
  endRowOf(state, 'processes', process)
}

/** What does not end well while the session is being stopped ends because of that; and so does, in the app, what it runs of a program. */
function stoppedBy({ head }: ReducedState, { isApp }: ProcessRow, event: ProcessExited): ProcessRow['stoppedBy'] {
  const { exitCode, signal, asked } = event
  if (signal === null && exitCode === 0 && !isApp) return null
  if (head.phase === 'stopping') return 'you'
  return asked && signal !== null ? 'program' : null
}

function boundedTarget({ what, id, label }: WaitTarget): WaitTarget {
  return { what, ...(id !== undefined && { id }), label: lineOf(label, LIMITS.label) }
}

function boundedWait({ on: { kind, id, end }, sinceUs, timeoutMs }: Wait): Wait {
  return {
    on: {
      kind: nameOf(kind) as Wait['on']['kind'],
      id: copyOf(cut(id, LIMITS.name)),
      ...(end !== undefined && { end: nameOf(end) }),
    },
    sinceUs,
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

function boundedEnd({
  link,
  end,
  descriptors,
  with: others,
  isMore,
  isGuess,
  unreadBytes,
}: ConnectedEnd): ConnectedEnd {
  return {
    ...{ link: nameOf(link), end, descriptors: [...listOf(descriptors)], with: listOf(others).map(nameOf) },
    ...(isMore !== undefined && { isMore }),
    ...(isGuess !== undefined && { isGuess }),
    ...(unreadBytes !== undefined && { unreadBytes }),
  }
}

interface WithProcesses {
  processes: Pick<ReducedState['processes'], 'rows'>
}

/** @returns the processes of a session that exist in the system; a thread is none */
export function livingProcesses({ processes }: WithProcesses): ProcessRow[] {
  return [...processes.rows.values()].filter((row) => row.state !== 'exited' && row.kind !== 'thread')
}

/** @returns those of them that are not the app itself */
export function livingChildren(state: WithProcesses): ProcessRow[] {
  return livingProcesses(state).filter((row) => !row.isApp)
}
