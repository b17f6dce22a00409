/** The two ways to a queue: it lives in this process, or in another. Both keep the same promises. */
import { Empty, Full, QueueClosedError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { packItems, unpackItems } from './packed-items.ts'
import { putMany } from './put-many.ts'
import { QueueService } from './service.ts'
import type { QueueStore } from './store.ts'

/** How long to wait: not at all, for real milliseconds, or (undefined) without end. */
export interface Patience {
  wait: boolean
  timeoutMs: number | undefined
  /** Of a put into a queue by priority. */
  priority?: number
}

export interface QueuePort {
  /** Resolves once the item is in the queue; rejects with Full or QueueClosedError. */
  put(bytes: Uint8Array, patience: Patience): Promise<void>
  /** The same for many at once, in order; Full says how many of them are in the queue. */
  putMany(items: readonly Uint8Array[], patience: Patience): Promise<void>
  /** Resolves with items, at least one and at most `max`, that have left the queue; rejects with Empty or QueueClosedError. */
  get(max: number, patience: Patience): Promise<Uint8Array[]>
  size(): Promise<number>
  close(): Promise<void>
}

interface Place {
  id: string
  name: string
}

/** Runs `late` after the time; undefined waits without end. @returns what to call to stop the clock */
function after(timeoutMs: number | undefined, late: () => void): () => void {
  if (timeoutMs === undefined) return () => {}
  const timer = setTimeout(late, timeoutMs)
  return () => clearTimeout(timer)
}

function fullAfter(name: string, put: number): Full {
  return Object.assign(new Full(`The queue ${name} is full.`), { put })
}

export class LocalPort implements QueuePort {
  readonly #run: Run
  readonly #place: Place
  readonly #store: QueueStore

  constructor(run: Run, place: Place, store: QueueStore) {
    this.#run = run
    this.#place = place
    this.#store = store
  }

  put(bytes: Uint8Array, { wait, timeoutMs, priority }: Patience): Promise<void> {
    const { name, id } = this.#place
    const full = () => new Full(`The queue ${name} is full.`)
    return this.#run.wait((resolve, reject) => {
      let leave: (() => void) | undefined
      let stopClock: (() => void) | undefined
      const settle = () => {
        stopClock?.()
        leave?.()
      }
      const ticket = this.#store.put(
        this.#run.path,
        bytes,
        wait,
        {
          accepted: () => {
            settle()
            resolve()
          },
          refused: (error) => {
            settle()
            reject(error)
          },
        },
        full,
        priority,
      )
      if (!ticket) return undefined
      leave = this.#run.blocking?.enter('waiting', { what: 'put', id, label: `put to ${name}` })
      const withdraw = () => {
        settle()
        return this.#store.withdraw(ticket)
      }
      stopClock = after(timeoutMs, () => {
        if (withdraw()) reject(full())
      })
      return withdraw
    })
  }

  putMany(items: readonly Uint8Array[], { wait, timeoutMs, priority = 0 }: Patience): Promise<void> {
    const { name, id } = this.#place
    return this.#run.wait((resolve, reject) => {
      let leave: (() => void) | undefined
      let stopClock: (() => void) | undefined
      const settle = () => {
        stopClock?.()
        leave?.()
      }
      const reply = {
        accepted: () => {
          settle()
          resolve()
        },
        refused: (error: Error, put: number) => {
          settle()
          reject(error instanceof Full ? fullAfter(name, put) : error)
        },
      }
      const full = () => new Full(`The queue ${name} is full.`)
      const takeBack = putMany(this.#store, this.#run.path, items, wait, priority, reply, full)
      if (!takeBack) return undefined
      leave = this.#run.blocking?.enter('waiting', { what: 'put', id, label: `put to ${name}` })
      stopClock = after(timeoutMs, () => {
        settle()
        reject(fullAfter(name, takeBack()))
      })
      return () => {
        settle()
        takeBack()
      }
    })
  }

  get(max: number, { wait, timeoutMs }: Patience): Promise<Uint8Array[]> {
    const { name, id } = this.#place
    const empty = () => new Empty(`The queue ${name} is empty.`)
    return this.#run.wait((resolve, reject) => {
      let leave: (() => void) | undefined
      let stopClock: (() => void) | undefined
      const settle = () => {
        stopClock?.()
        leave?.()
      }
      const ticket = this.#store.get(
        this.#run.path,
        max,
        wait,
        {
          deliver: (items, delivery) => {
            settle()
            this.#store.acknowledge(this.#run.path, delivery)
            resolve(items.map(({ bytes }) => bytes))
          },
          refused: (error) => {
            settle()
            reject(error)
          },
        },
        empty,
      )
      if (!ticket) return undefined
      leave = this.#run.blocking?.enter('waiting', { what: 'get', id, label: `get from ${name}` })
      const withdraw = () => {
        settle()
        return this.#store.withdraw(ticket)
      }
      stopClock = after(timeoutMs, () => {
        if (withdraw()) reject(empty())
      })
      return withdraw
    })
  }

  size(): Promise<number> {
    return Promise.resolve(this.#store.depth)
  }

  close(): Promise<void> {
    this.#store.close(new QueueClosedError(`The queue ${this.#place.name} is closed.`))
    return Promise.resolve()
  }
}

export class RemotePort implements QueuePort {
  readonly #run: Run
  readonly #place: Place & { owner: string }

  constructor(run: Run, place: Place & { owner: string }) {
    this.#run = run
    this.#place = place
  }

  put(bytes: Uint8Array, { wait, timeoutMs, priority }: Patience): Promise<void> {
    const { name, id } = this.#place
    return this.#run.wait((resolve, reject) => {
      const leave = this.#run.blocking?.enter('waiting', { what: 'put', id, label: `put to ${name}` })
      const settle = () => {
        stopClock()
        leave?.()
      }
      const withdraw = QueueService.of(this.#run).ask(this.#place, { type: 'queue.put', wait, priority }, [bytes], {
        answered: (header) => {
          settle()
          if (header.type === 'queue.withdrawn') reject(new Full(`The queue ${name} is full.`))
          else resolve()
        },
        refused: (error) => {
          settle()
          reject(error)
        },
      })
      const stopClock = after(timeoutMs, withdraw)
      return withdraw
    })
  }

  putMany(items: readonly Uint8Array[], { wait, timeoutMs, priority }: Patience): Promise<void> {
    const { name, id } = this.#place
    return this.#run.wait((resolve, reject) => {
      const leave = this.#run.blocking?.enter('waiting', { what: 'put', id, label: `put to ${name}` })
      const settle = () => {
        stopClock()
        leave?.()
      }
      const header = { type: 'queue.put-many', wait, priority }
      const withdraw = QueueService.of(this.#run).ask(this.#place, header, packItems(items), {
        answered: ({ type, put }) => {
          settle()
          if (type === 'queue.done') resolve()
          else reject(fullAfter(name, Number(put)))
        },
        refused: (error) => {
          settle()
          reject(error)
        },
      })
      const stopClock = after(timeoutMs, withdraw)
      return withdraw
    })
  }

  get(max: number, { wait, timeoutMs }: Patience): Promise<Uint8Array[]> {
    const { name, id } = this.#place
    const service = QueueService.of(this.#run)
    return this.#run.wait((resolve, reject) => {
      const leave = this.#run.blocking?.enter('waiting', { what: 'get', id, label: `get from ${name}` })
      const settle = () => {
        stopClock()
        leave?.()
      }
      const withdraw = service.ask(this.#place, { type: 'queue.get', wait, max }, [], {
        answered: (header, payload) => {
          settle()
          if (header.type === 'queue.withdrawn') {
            reject(new Empty(`The queue ${name} is empty.`))
            return
          }
          const taken = service.acknowledge(this.#place, Number(header.delivery))
          // The item is ours once the acknowledgement has left this process, and not before: see ARCHITECTURE.md.
          const items = header.many === true ? unpackItems(payload) : [payload]
          if (taken) taken.then(() => resolve(items))
          else resolve(items)
        },
        refused: (error) => {
          settle()
          reject(error)
        },
      })
      const stopClock = after(timeoutMs, withdraw)
      return withdraw
    })
  }

  size(): Promise<number> {
    return this.#run.wait((resolve, reject) => {
      QueueService.of(this.#run).ask(this.#place, { type: 'queue.size' }, [], {
        answered: (header) => resolve(Number(header.size)),
        refused: reject,
      })
      return undefined
    })
  }

  close(): Promise<void> {
    return this.#run.wait((resolve, reject) => {
      QueueService.of(this.#run).ask(this.#place, { type: 'queue.close' }, [], {
        answered: () => resolve(),
        refused: reject,
      })
      return undefined
    })
  }
}
