/** The library `forkscope`: Python's `multiprocessing`, for TypeScript. */
import './node-version.ts'

export { availableParallelism as cpuCount } from 'node:os'
export { type CurrentProcess, currentProcess } from './current-process.ts'
export {
  BrokenBarrierError,
  CancelledError,
  Empty,
  EndOfFileError,
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
export { type DictKey, SharedDict } from './manager/dict.ts'
export { SharedList } from './manager/list.ts'
export { Manager } from './manager/manager.ts'
export { Namespace } from './manager/namespace.ts'
export { Connection, Pipe, type PipeOptions } from './pipe/pipe.ts'
export type { AsyncResult } from './pool/async-result.ts'
export { type ExecutorMapOptions, ProcessPoolExecutor, type ShutdownOptions } from './pool/executor.ts'
export { asCompleted, Future, type WaitForFuturesOptions, wait } from './pool/future.ts'
export type { ApplyOptions, Callbacks, MapAsyncOptions, MapOptions, PoolOptions } from './pool/options.ts'
export { Pool } from './pool/pool.ts'
export type { ResultIterator } from './pool/result-iterator.ts'
export { activeChildren, Process, type ProcessOptions } from './process/process.ts'
export { keepSpares } from './process/spares.ts'
export { JoinableQueue } from './queue/joinable-queue.ts'
export { type PutOptions, Queue, type QueueOptions } from './queue/queue.ts'
export { SimpleQueue } from './queue/simple-queue.ts'
export type { WaitOptions } from './run/wait-options.ts'
export type { ObjectOptions } from './shared-object/shared-object.ts'
export { sleep, toRealMs } from './sleep.ts'
export type { AcquireOptions } from './sync/acquirable.ts'
export { Barrier, type BarrierOptions } from './sync/barrier.ts'
export { Condition, type ConditionOptions } from './sync/condition.ts'
export { Event } from './sync/event.ts'
export { Lock, RLock } from './sync/lock.ts'
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts'
export { Thread, type ThreadOptions } from './thread/thread.ts'
