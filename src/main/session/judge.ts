/** Raises what a session's state says is wrong for good as problems, and takes them back when it is over. */

import { findVerdicts } from '../../session/verdicts/find-verdicts.ts'
import type { Evidence, Verdict } from '../../session/verdicts/verdict.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'

/** A verdict is told within a second of its cause: this long after its evidence is old enough. */
const EVERY_MS = 250

export interface JudgeOptions {
  evidence: Evidence
  nowUs: () => number
  tell: (event: TelemetryEvent) => void
}

export class Judge {
  readonly #options: JudgeOptions
  /** What is wrong now, by the verdict's id: the problem that was raised for it, and whether that stays. */
  readonly #raised = new Map<string, { problem: string; isFinal: boolean }>()
  /** How often each was raised. */
  readonly #times = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(options: JudgeOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.judge(), EVERY_MS).unref()
  }

  judge(): void {
    const { evidence, nowUs, tell } = this.#options
    const atUs = nowUs()
    const verdicts = new Map(findVerdicts(evidence, atUs).map((verdict) => [verdict.id, verdict]))
    for (const [id, { problem, isFinal }] of this.#raised) {
      if (isFinal || verdicts.has(id)) continue
      this.#raised.delete(id)
      tell({ type: 'problem.resolved', atUs, problem })
    }
    for (const verdict of verdicts.values()) {
      if (!this.#raised.has(verdict.id)) tell({ type: 'problem.raised', atUs, ...this.#problemOf(verdict) })
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #problemOf({ id, isFinal = false, ...verdict }: Verdict): Omit<Verdict, 'id' | 'isFinal'> & { problem: string } {
    const times = (this.#times.get(id) ?? 0) + 1
    const problem = times === 1 ? `verdict/${id}` : `verdict/${id}/${times}`
    this.#times.set(id, times)
    this.#raised.set(id, { problem, isFinal })
    return { problem, ...verdict }
  }
}
