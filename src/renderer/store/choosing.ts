/** Which processes one can choose from, as they were when that was last asked, and for which field one is chosen. */
import { signal } from '@preact/signals'
import type { UserProcesses } from '../../shared/user-process.ts'
import { call } from './connection.ts'

/** `refused` is why there is no list, in a sentence. */
export type Choosing =
  | { state: 'loading'; parameter: string }
  | { state: 'listed'; parameter: string; list: UserProcesses }
  | { state: 'refused'; parameter: string; message: string }

/** Null while nothing is chosen. */
export const choosing = signal<Choosing | null>(null)

/** @param parameter the name of the field that it is chosen for */
export async function chooseProcess(parameter: string): Promise<void> {
  const asked: Choosing = { state: 'loading', parameter }
  choosing.value = asked
  const next = await call('listProcesses', {}).then(
    (list): Choosing => ({ state: 'listed', parameter, list }),
    (error: Error): Choosing => ({ state: 'refused', parameter, message: error.message }),
  )
  // It may have been closed meanwhile, or asked for anew.
  if (choosing.value === asked) choosing.value = next
}

export function closeChoice(): void {
  choosing.value = null
}
