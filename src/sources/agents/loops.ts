/** How busy event loops are, from what their agents read of them now and then. */
import { idOf } from './threads.ts'
import type { Cells, TranslatorOptions } from './translator.ts'

interface Look {
  busyNs: number
  idleNs: number
  atNs: number
}

export class Loops {
  readonly #options: TranslatorOptions
  /** What was read last, by cell. */
  readonly #looks = new Map<string, Look>()

  constructor(options: TranslatorOptions) {
    this.#options = options
  }

  update(cells: Cells): void {
    const { emit, nowUs, originUs } = this.#options
    for (const { kind, index, generation, fields } of cells.byIndex.values()) {
      if (kind !== 'loop') continue
      const { busyNs = 0, idleNs = 0, atNs = 0, tid = 0 } = fields
      const key = `${cells.key}/${index}/${generation}`
      const before = this.#looks.get(key) ?? { busyNs: 0, idleNs: 0, atNs: atNs - busyNs - idleNs }
      if (atNs <= before.atNs) continue
      this.#looks.set(key, { busyNs, idleNs, atNs })
      const [busy, idle] = [busyNs - before.busyNs, idleNs - before.idleNs]
      if (busy < 0 || idle < 0 || busy + idle <= 0) continue
      const sinceOrigin = (ns: number) => Math.min(nowUs(), Math.max(0, Math.round(ns / 1_000 - originUs)))
      const [fromUs, atUs] = [sinceOrigin(before.atNs), sinceOrigin(atNs)]
      const busyPercent = (100 * busy) / (busy + idle)
      if (fromUs < atUs) emit({ type: 'process.busy', atUs, process: idOf(cells, tid), fromUs, busyPercent })
    }
  }

  forget({ key }: Cells): void {
    for (const one of this.#looks.keys()) if (one.startsWith(`${key}/`)) this.#looks.delete(one)
  }
}
