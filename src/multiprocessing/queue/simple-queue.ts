/** The least that a queue can be: Python's `multiprocessing.SimpleQueue`. */
import { Queue, type QueueOptions } from './queue.ts'

/** A queue without bound, of which no more is promised than `put`, `get`, `empty` and `close`. It travels like any queue. */
export class SimpleQueue<T = unknown> extends Queue<T> {
  constructor(options: Pick<QueueOptions, 'name'> = {}) {
    super(options)
  }
}
