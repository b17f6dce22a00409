/** What the kernel tells of a tree, as telemetry. */
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import type { Doing } from '../process-tree/doing.ts'
import type { GoneProcess, TreeChanges, TreeProcess } from '../process-tree/process-tree.ts'

/** Tells each thing once: what has not changed since it was told is left out. */
export class KernelEvents {
  readonly #told = new Map<string, { description: string; doing: string }>()
  #hasMain = false

  of({ appeared, changed, gone }: TreeChanges, atUs: number): TelemetryEvent[] {
    return [
      ...appeared.flatMap((process) => [this.#started(process, atUs), ...this.#seen(process, atUs)]),
      ...changed.flatMap((process) => this.#seen(process, atUs)),
      ...gone.flatMap((process) => this.#gone(process, atUs)),
    ]
  }

  #started({ id, name, pid, ppid, parent }: TreeProcess, atUs: number): TelemetryEvent {
    const kind = this.#hasMain ? 'process' : 'main'
    this.#hasMain = true
    this.#told.set(id, { description: '', doing: '' })
    return { type: 'process.started', atUs, process: id, name, pid, parentPid: ppid, parent, kind }
  }

  #seen(
    { id, name, command, unseen, doing, ended, reason = doing.words }: TreeProcess,
    atUs: number,
  ): TelemetryEvent[] {
    const told = this.#told.get(id)
    if (!told) return []
    if (doing.state === 'ended') {
      this.#told.delete(id)
      return [{ type: 'process.exited', atUs, process: id, exitCode: null, signal: null, ...ended, reason }]
    }
    const events: TelemetryEvent[] = []
    const description = `${name}\0${command}\0${unseen}`
    if (description !== told.description) {
      events.push({ type: 'process.described', atUs, process: id, name, command, unseen })
    }
    if (doing.words !== told.doing) events.push(stateOf(id, doing, atUs))
    this.#told.set(id, { description, doing: doing.words })
    return events
  }

  #gone({ id, ended, reason }: GoneProcess, atUs: number): TelemetryEvent[] {
    if (!this.#told.delete(id)) return []
    const end = ended ?? { exitCode: null, signal: null }
    return [{ type: 'process.exited', atUs, process: id, ...end, ...(reason !== undefined && { reason }) }]
  }
}

/** @returns what a process does, as a view shows it: one that is stopped waits to be continued */
export function stateOf(process: string, { state, waitingOn }: Doing, atUs: number): TelemetryEvent {
  const shown = state === 'stopped' || state === 'ended' ? 'waiting' : state
  return { type: 'process.state', atUs, process, state: shown, ...(waitingOn && { waitingOn }) }
}
