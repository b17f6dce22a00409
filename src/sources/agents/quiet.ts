/** What a process does while its agent has nothing to say: it computes, or it waits in C for something that has no hook. The kernel knows which. */
import type { ProcessId } from '../../shared/telemetry.ts'
import { type Doing, RUNNING } from '../process-tree/doing.ts'

/** The kernel is asked once a second: who has said nothing for so long has said nothing since it was asked last. */
const QUIET_US = 1_000_000

/** What the kernel says of an event loop that awaits something. */
const EVENTS = 'waiting: events (poll)'

interface Silence {
  turn: number
  sinceUs: number
  toldUs: number
  state: Doing['state']
  /** The kernel's words that were told, if those are what it is said to do now. */
  told: string | null
}

export interface LoopSeen {
  tasks: number
  isMeasured: boolean
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

  /**
   * @param turn of the process's first thread, see `protocol.ts` @param isTold whether what it waits for was told
   * @param loop of its event loop: how many tasks its waits are for, and whether it is measured how busy it is
   */
  look(process: ProcessId, turn: number, isTold: boolean, { tasks, isMeasured }: LoopSeen): void {
    const { nowUs, doing, tell } = this.#options
    const atUs = nowUs()
    const silence = this.#silences.get(process)
    if (!silence || silence.turn !== turn || isTold) {
      if (silence?.told != null && !isTold) tell(process, RUNNING)
      this.#silences.set(process, {
        turn,
        sinceUs: atUs,
        toldUs: Number.NEGATIVE_INFINITY,
        state: RUNNING.state,
        told: null,
      })
      return
    }
    if (atUs - silence.sinceUs < QUIET_US) return
    const kernel = doing(process)
    const does = isMeasured && kernel?.words === EVENTS ? RUNNING : kernel && withTasks(kernel, tasks)
    if (!does || does.words === (silence.told ?? RUNNING.words)) return
    // How many tasks there are may change all the time.
    if (does.state === silence.state && atUs - silence.toldUs < QUIET_US) return
    silence.told = does.words === RUNNING.words ? null : does.words
    silence.toldUs = atUs
    silence.state = does.state
    tell(process, does)
  }

  forget(process: ProcessId): void {
    this.#silences.delete(process)
  }
}

/** What an event loop waits for is what its tasks wait for. */
function withTasks(doing: Doing, tasks: number): Doing {
  if (tasks === 0 || doing.state !== 'waiting' || !doing.waitingOn) return doing
  const label = `${doing.waitingOn.label}, for ${countOf(tasks, 'asyncio task', 'asyncio tasks')}`
  return { ...doing, words: `waiting: ${label}`, waitingOn: { ...doing.waitingOn, label } }
}

function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
