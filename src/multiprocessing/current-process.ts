/** Which process of the program this code runs in. */
import { currentRun } from './run/run.ts'

export interface CurrentProcess {
  name: string
  pid: number
}

/** Python's `multiprocessing.current_process()`. */
export function currentProcess(): CurrentProcess {
  return { name: currentRun().name, pid: process.pid }
}
