/** Whether a session leaves anything that the user should know. Told from its events, every one of them: its state forgets the oldest. */
import type { TelemetryEvent } from '../../shared/telemetry.ts'

/** So many failed tasks at once nobody will look at any more. */
const MOST_TASKS = 100_000

export class WhatIsLeft {
  #problems = 0
  /** Verdicts that stand: what is over is not left. */
  readonly #verdicts = new Set<string>()
  /** Failed tasks whose error the program itself has not looked at. */
  readonly #tasks = new Set<string>()

  event(event: TelemetryEvent): void {
    if (event.type === 'task.observed') this.#tasks.delete(event.task)
    else if (event.type === 'problem.resolved') this.#verdicts.delete(event.problem)
    else if (event.type !== 'problem.raised') return
    else if (event.problem.startsWith('verdict/')) this.#verdicts.add(event.problem)
    else if (event.task !== undefined && this.#tasks.size < MOST_TASKS) this.#tasks.add(event.task)
    else this.#problems++
  }

  get isNothing(): boolean {
    return this.#problems + this.#tasks.size + this.#verdicts.size === 0
  }
}
