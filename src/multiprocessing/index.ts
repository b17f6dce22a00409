/** The library `forkscope`: Python's `multiprocessing`, for TypeScript. */
export { availableParallelism as cpuCount } from 'node:os'
export { type CurrentProcess, currentProcess } from './current-process.ts'
export {
  Empty,
  Full,
  MultiprocessingError,
  PoolBrokenError,
  QueueClosedError,
  RemoteError,
  StateError,
  StoppedError,
  TargetError,
  TimeoutError,
  UnsendableError,
  WorkerDiedError,
} from './errors.ts'
export { main } from './main.ts'
export type { AsyncResult } from './pool/async-result.ts'
export { type ApplyOptions, Pool, type PoolOptions } from './pool/pool.ts'
export { Process, type ProcessOptions } from './process/process.ts'
export { Queue, type QueueOptions, type WaitOptions } from './queue/queue.ts'
export { sleep, toRealMs } from './sleep.ts'
export { Thread, type ThreadOptions } from './thread/thread.ts'
