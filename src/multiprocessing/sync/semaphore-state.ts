/**
 * A lock or a semaphore, in the process that keeps it, with the conditions that stand on it.
 *
 * Everybody who waits stands in one line, in the order of coming, those too whose condition was notified: who is first gets
 * it. A process that ends while it holds a lock gives it back, or everybody behind it would wait for ever.
 */
import { StateError } from '../errors.ts'
import type { Request, SharedState } from '../shared-object/service.ts'

export interface SemaphoreRules {
  name: string
  /** How many may hold it at first. */
  value: number
  /** More than this may never be free; a release beyond it is refused. Infinity for a plain semaphore. */
  bound: number
  /** Whether who holds it may acquire it again, and only who holds it may release it. */
  recursive: boolean
  /** Whether what a process holds is given back when the process ends. A semaphore may be released by another process. */
  held: boolean
}

interface Hold {
  times: number
  /** Since when it is held without a pause. */
  readonly sinceUs: number
}

interface Waiter {
  client: string
  /** How often it is held once it is this one's turn: more than once after a condition's wait. */
  times: number
  proceed(): void
}

interface ConditionWaiter extends Waiter {
  /** Its turn to wait for the lock again, notified or too late. */
  wake(notified: boolean): void
}

export class SemaphoreState implements SharedState {
  readonly #rules: SemaphoreRules
  readonly #abandoned: (client: string) => void
  #free: number
  readonly #holders = new Map<string, Hold>()
  readonly #now: () => number
  #line: Waiter[] = []
  readonly #conditions = new Map<string, ConditionWaiter[]>()

  /** @param abandoned told when a process has ended while it held this */
  constructor(rules: SemaphoreRules, now: () => number, abandoned: (client: string) => void) {
    this.#rules = rules
    this.#now = now
    this.#free = rules.value
    this.#abandoned = abandoned
  }

  handle(request: Request): (() => void) | undefined {
    const { op, fields, client } = request
    switch (op) {
      case 'acquire':
        return this.#acquire(request, fields.wait === true)
      case 'release':
        this.#release(request, Number(fields.count ?? 1))
        return undefined
      case 'value':
        request.answer({ value: this.#free, mine: this.#holders.has(client) })
        return undefined
      case 'condition-wait':
        return this.#waitForCondition(request, String(fields.condition))
      case 'notify':
        this.#notify(request, String(fields.condition), Number(fields.count))
        return undefined
      default:
        request.refuse(new StateError(`${this.#rules.name} does not know how to ${op}.`))
        return undefined
    }
  }

  *holders(): Iterable<{ process: string; sinceUs: number }> {
    for (const [process, { sinceUs }] of this.#holders) yield { process, sinceUs }
  }

  release(isGone: (client: string) => boolean): void {
    this.#line = this.#line.filter(({ client }) => !isGone(client))
    for (const [key, waiters] of this.#conditions) {
      this.#conditions.set(
        key,
        waiters.filter(({ client }) => !isGone(client)),
      )
    }
    if (!this.#rules.held) return
    for (const [client, { times }] of [...this.#holders]) {
      if (!isGone(client)) continue
      this.#holders.delete(client)
      this.#free += this.#rules.recursive ? 1 : times
      this.#abandoned(client)
    }
    this.#proceed()
  }

  #acquire({ client, answer }: Request, wait: boolean): (() => void) | undefined {
    const hold = this.#holders.get(client)
    if (this.#rules.recursive && hold) {
      hold.times++
      answer({ acquired: true })
      return undefined
    }
    if (this.#free > 0 && this.#line.length === 0) {
      this.#take(client, 1)
      answer({ acquired: true })
      return undefined
    }
    if (!wait) {
      answer({ acquired: false })
      return undefined
    }
    const waiter: Waiter = { client, times: 1, proceed: () => answer({ acquired: true }) }
    this.#line.push(waiter)
    return () => {
      this.#line = this.#line.filter((other) => other !== waiter)
      answer({ acquired: false })
    }
  }

  #take(client: string, times: number): void {
    this.#free--
    const hold = this.#holders.get(client)
    if (hold) hold.times++
    else this.#holders.set(client, { times: this.#rules.recursive ? times : 1, sinceUs: this.#now() })
  }

  #proceed(): void {
    while (this.#free > 0) {
      const next = this.#line.shift()
      if (!next) return
      this.#take(next.client, next.times)
      next.proceed()
    }
  }

  #release({ client, answer, refuse }: Request, count: number): void {
    const { name, bound, recursive } = this.#rules
    const hold = this.#holders.get(client)
    if (recursive) {
      if (!hold) {
        refuse(new StateError(`${name} cannot be released by a process that does not hold it.`))
        return
      }
      if (this.#letGo(client)) this.#free++
    } else {
      if (!Number.isSafeInteger(count) || count < 1 || this.#free + count > bound) {
        const why = bound === 1 ? 'it is not acquired' : `that would be more than ${bound}`
        refuse(new StateError(`${name} cannot be released: ${why}.`))
        return
      }
      // Who releases for another, as a lock allows, takes the hold of whoever has it.
      const holder = hold ? client : this.#holders.keys().next().value
      if (holder !== undefined) this.#letGo(holder)
      this.#free += count
    }
    answer()
    this.#proceed()
  }

  /** Of a holder's times one is over. @returns whether that was the last */
  #letGo(holder: string): boolean {
    const hold = this.#holders.get(holder)
    if (hold && --hold.times > 0) return false
    return this.#holders.delete(holder)
  }

  #waitForCondition({ client, answer, refuse, waitsFor }: Request, key: string): (() => void) | undefined {
    const times = this.#holders.get(client)?.times
    if (times === undefined) {
      refuse(new StateError(`A condition can only be waited for by who has acquired ${this.#rules.name}.`))
      return undefined
    }
    let notified = false
    const waiter: ConditionWaiter = {
      client,
      times,
      proceed: () => answer({ notified }),
      wake: (byNotify) => {
        notified = byNotify
        waitsFor(null)
        this.#line.push(waiter)
      },
    }
    waitsFor(key)
    this.#conditions.set(key, [...(this.#conditions.get(key) ?? []), waiter])
    this.#holders.delete(client)
    this.#free++
    this.#proceed()
    return () => {
      const waiters = this.#conditions.get(key) ?? []
      // Notified in the meantime: it already stands in line.
      if (!waiters.includes(waiter)) return
      this.#conditions.set(
        key,
        waiters.filter((other) => other !== waiter),
      )
      waiter.wake(false)
      this.#proceed()
    }
  }

  #notify({ client, answer, refuse }: Request, key: string, count: number): void {
    if (!this.#holders.has(client)) {
      refuse(new StateError(`A condition can only be notified by who has acquired ${this.#rules.name}.`))
      return
    }
    const waiters = this.#conditions.get(key) ?? []
    const woken = waiters.slice(0, count)
    this.#conditions.set(key, waiters.slice(woken.length))
    for (const waiter of woken) waiter.wake(true)
    answer({ notified: woken.length })
  }
}
