/** What a process does while its agent has nothing to say: it computes, or it waits in C for something that has no hook. The kernel knows which. */
import type { ProcessId } from '../../shared/telemetry.ts'
import { type Doing, RUNNING } from '../process-tree/doing.ts'

/** The kernel is asked once a second: who has said nothing for so long has said nothing since it was asked last. */
const QUIET_US = 1_000_000

interface Silence {
  turn: number
  sinceUs: number
  /** The kernel's words that were told, if those are what it is said to do now. */
  told: string | null
}

export interface QuietOptions {
  nowUs: () => number
  /** What the kernel says. */
  doing: (process: ProcessId) => Doing | null
  tell: (process: ProcessId, doing: Doing) => void
}

export class Quiet {
  readonly #options: QuietOptions
  readonly #silences = new Map<ProcessId, Silence>()

  constructor(options: QuietOptions) {
    this.#options = options
  }

  /** @param turn of the process's first thread, see `protocol.ts` @param isTold whether what it waits for was told */
  look(process: ProcessId, turn: number, isTold: boolean): void {
    const { nowUs, doing, tell } = this.#options
    const silence = this.#silences.get(process)
    if (!silence || silence.turn !== turn || isTold) {
      if (silence?.told != null && !isTold) tell(process, RUNNING)
      this.#silences.set(process, { turn, sinceUs: nowUs(), told: null })
      return
    }
    const does = doing(process)
    if (!does || nowUs() - silence.sinceUs < QUIET_US || does.words === (silence.told ?? RUNNING.words)) return
    silence.told = does.words === RUNNING.words ? null : does.words
    tell(process, does)
  }

  forget(process: ProcessId): void {
    this.#silences.delete(process)
  }
}
