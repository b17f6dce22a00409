/** The queues that the user keeps at the foot of the process table: of each program as long as the page is open, in all of its runs. */
import { computed, signal } from '@preact/signals'
import { program } from './programs.ts'

const kept = signal<ReadonlyMap<string, ReadonlySet<string>>>(new Map())
const NONE: ReadonlySet<string> = new Set()

/** Of the program that is shown, in the order in which they were chosen. */
export const keptQueues = computed(() => kept.value.get(program.value?.id ?? '') ?? NONE)

/** Keeps a queue there, or lets go of one that is kept. */
export function toggleKept(queue: string): void {
  const next = new Set(keptQueues.peek())
  if (!next.delete(queue)) next.add(queue)
  kept.value = new Map(kept.peek()).set(program.peek()?.id ?? '', next)
}
