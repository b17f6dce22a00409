/** Watches the processes of a run: the kernel's view, the agents' regions, and what they come to together. */
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { Members } from '../agents/members.ts'
import { Regions } from '../agents/regions.ts'
import type { RunFolder } from '../agents/run-folder.ts'
import { Translator } from '../agents/translator.ts'
import { type Identity, identityOf, ProcessTree, type TreeProcess } from '../process-tree/process-tree.ts'
import { isOver } from '../process-tree/stat.ts'
import { whyUnseen } from './unseen.ts'

export interface ObservationOptions {
  /** The first process. */
  root: Identity & { ppid: number; command: string }
  /** Where agents write; null where there can be none. */
  folder: RunFolder | null
  emit: (event: TelemetryEvent) => void
  nowUs: () => number
  /** CLOCK_MONOTONIC at the session's beginning, in microseconds. */
  originUs: number
}

const LOOK_EVERY_MS = 50

export class Observation {
  /** The id of the first process. */
  readonly root: string
  /** Resolves when none of its processes is left. */
  readonly allEnded: Promise<void>
  readonly #options: ObservationOptions
  readonly #tree: ProcessTree
  readonly #known = new Map<string, TreeProcess>()
  readonly #members: Members
  readonly #regions: Regions | null
  readonly #translator: Translator
  readonly #timer: NodeJS.Timeout
  #scannedMs = Number.NEGATIVE_INFINITY
  #rootIsOver = false
  #allEnded: () => void = () => {}

  constructor(options: ObservationOptions) {
    const { root, folder, emit, nowUs, originUs } = options
    this.#options = options
    this.root = `${root.pid}.${root.start}`
    this.allEnded = new Promise((resolve) => (this.#allEnded = resolve))
    this.#members = new Members({
      ...{ emit, nowUs },
      unseen: (process) => whyUnseen(process, folder !== null),
      ended: ({ id, pid, start }) => {
        this.#regions?.finish(pid, start)
        this.#translator.settle()
        this.#translator.ended(id)
      },
    })
    const nameOf = (id: string) => this.#members.nameOf(id)
    this.#tree = new ProcessTree({ roots: [root], nameOf, ...(folder && { mark: folder.path }) })
    this.#translator = new Translator({ members: this.#members, emit, nowUs, originUs })
    this.#regions = folder
      ? new Regions({
          ...{ folder: folder.path, token: folder.token },
          isMember: (pid, start) =>
            this.#known.has(`${pid}.${start}`) ||
            this.#members.get(pid, start) !== undefined ||
            this.#members.isChild(pid),
          read: (key, { pid, start }, read) => this.#translator.take(key, pid, start, read),
        })
      : null
    this.#members.begin(root)
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  /** Those that have not ended, whether their parent has waited for them or not. */
  get living(): Identity[] {
    return [...this.#known.values()].filter(({ pid, start }) => !isOver(pid, start))
  }

  /** @returns one that has not ended, as the kernel tells of it now */
  find(id: string): TreeProcess | undefined {
    this.lookClosely()
    return this.#tree.living.find((process) => process.id === id)
  }

  /** Reads all there is now. */
  look(): void {
    const nowMs = performance.now()
    if (nowMs - this.#scannedMs >= this.#tree.pauseMs) this.#scan(nowMs)
    this.#regions?.poll()
    this.#translator.settle()
    this.#loseUnseen()
    this.#members.settle()
    if (this.#rootIsOver && this.#members.isEmpty && this.living.length === 0) this.#allEnded()
  }

  /** Asks the kernel now, whatever that costs. @returns those that are left */
  lookClosely(): Identity[] {
    this.#scannedMs = Number.NEGATIVE_INFINITY
    this.look()
    return this.living
  }

  #scan(nowMs: number): void {
    this.#scannedMs = nowMs
    const { appeared, changed, gone, connected } = this.#tree.scan(nowMs)
    for (const process of appeared) {
      this.#known.set(process.id, process)
      this.#members.appeared(process)
    }
    for (const process of changed) this.#members.changed(process)
    for (const process of connected) this.#members.connected(process)
    for (const { id, pid, start, ended, reason } of gone) {
      this.#known.delete(id)
      this.#members.gone(pid, start, ended && { ...ended, ...(reason !== undefined && { reason }) })
    }
  }

  /** Of a process that was over before the kernel was asked, only its region tells. */
  #loseUnseen(): void {
    for (const { id, pid, start, goneMs } of this.#members.all) {
      if (goneMs === null && !this.#known.has(id) && identityOf(pid)?.start !== start)
        this.#members.gone(pid, start, null)
    }
  }

  /** The first process has ended: its parent knows how. */
  rootEnded(exitCode: number | null, signal: string | null): void {
    const { pid, start } = this.#options.root
    this.#members.gone(pid, start, { exitCode, signal })
    this.#rootIsOver = true
    this.lookClosely()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#members.finish()
    this.#translator.finish()
    this.#regions?.close()
    this.#tree.close()
    this.#options.folder?.remove()
  }
}
