/** Thousands of seeds against the queue's store alone: whatever clients do and whenever they die, every item is in one place. */
import { expect, test } from 'vitest'
import { Empty, Full, QueueClosedError } from '../../src/multiprocessing/errors.ts'
import { NOTHING } from '../../src/multiprocessing/queue/nothing.ts'
import { countOf, type Parcel } from '../../src/multiprocessing/queue/parcels.ts'
import { RingGetter } from '../../src/multiprocessing/queue/ring.ts'
import { QueueStore, type Ticket } from '../../src/multiprocessing/queue/store.ts'
import type { Batch } from '../../src/multiprocessing/wire/batch/batch.ts'
import { batchesOf } from '../../src/multiprocessing/wire/batch/own-batch.ts'
import type { MemoryPlace } from '../../src/multiprocessing/wire/mapped-memory.ts'
import { type Chance, chance } from '../seeded.ts'

const CLIENTS = ['0.1', '0.2', '0.2.1', '0.3'] as const
type Client = (typeof CLIENTS)[number]

/** @returns the one batch of items that are encoded together */
const batchOf = (items: number[]) => batchesOf(items)[0] as Batch
const numbersIn = (parcels: readonly Parcel[]) =>
  parcels.flatMap(({ batch, start, end }) =>
    Array.from({ length: end - start }, (_, i) => batch.valueAt(start + i, () => ({})) as number),
  )

/** What the clients know, which must agree with what the store says. */
class World {
  readonly store: QueueStore
  readonly accepted: number[] = []
  readonly got: number[] = []
  /** What is in the queue and was not given to anybody. */
  readonly here = new Set<number>()
  readonly deliveries: { client: Client; id: number; items: number[] }[] = []
  readonly tickets: { client: Client; ticket: Ticket; answered: () => boolean }[] = []
  /** How many items were taken out of the ring. */
  taken = 0
  #ring: RingGetter | undefined
  #next = 0
  #time = 0

  constructor(maxsize: number) {
    this.store = new QueueStore({ maxsize, now: () => this.#time++, changed: () => {} })
  }

  openRing(): void {
    let place: MemoryPlace | undefined
    for (let i = 0; i < 100; i++) place = this.store.ringFor()
    if (place) this.#ring ??= RingGetter.open(place)
  }

  /** Whoever is given something is given the oldest that is here. */
  #given(items: readonly number[]): void {
    expect(items).toEqual([...this.here].sort((a, b) => a - b).slice(0, items.length))
    for (const item of items) this.here.delete(item)
  }

  /** Some client takes an item by itself. */
  take(): void {
    const item = this.#ring?.take(() => ({})) ?? NOTHING
    if (item === NOTHING) return
    this.taken++
    this.#given([item as number])
    this.got.push(item as number)
  }

  close(): void {
    this.#ring?.close()
    this.store.drop()
  }

  put(client: Client, wait: boolean, count: number): void {
    const numbers = Array.from({ length: count }, () => this.#next++)
    let answered = 0
    const ticket = this.store.put(
      client,
      batchOf(numbers),
      wait,
      {
        accepted: () => {
          answered++
          this.accepted.push(...numbers)
          for (const number of numbers) this.here.add(number)
        },
        refused: () => answered++,
      },
      () => new Full(''),
    )
    if (ticket) this.tickets.push({ client, ticket, answered: () => answered > 0 })
    else expect(answered).toBe(1)
  }

  get(client: Client, max: number, wait: boolean): void {
    let answered = 0
    const ticket = this.store.get(
      client,
      max,
      wait,
      {
        deliver: (parcels, id) => {
          answered++
          expect(countOf(parcels)).toBeGreaterThan(0)
          expect(countOf(parcels)).toBeLessThanOrEqual(max)
          const items = numbersIn(parcels)
          this.#given(items)
          this.deliveries.push({ client, id, items })
        },
        refused: () => answered++,
      },
      () => new Empty(''),
    )
    if (ticket) this.tickets.push({ client, ticket, answered: () => answered > 0 })
    else expect(answered).toBe(1)
  }

  acknowledge({ pick, below }: Chance): void {
    if (this.deliveries.length === 0) return
    const delivery = pick(this.deliveries)
    this.deliveries.splice(this.deliveries.indexOf(delivery), 1)
    // All of it, or the first ones: the others could not be read, and are back.
    const count = 1 + below(delivery.items.length)
    this.got.push(...delivery.items.slice(0, count))
    for (const item of delivery.items.slice(count)) this.here.add(item)
    expect(this.store.acknowledge(delivery.client, delivery.id, count)).toBe(true)
  }

  die(gone: Client): void {
    const isGone = (client: string) => client === gone || client.startsWith(`${gone}.`)
    for (let i = this.deliveries.length - 1; i >= 0; i--) {
      if (!isGone((this.deliveries[i] as { client: Client }).client)) continue
      for (const { items } of this.deliveries.splice(i, 1)) for (const item of items) this.here.add(item)
    }
    this.store.release(isGone)
  }

  withdraw({ pick }: Chance): void {
    const waiting = this.tickets.filter(({ answered }) => !answered())
    if (waiting.length === 0) return
    const chosen = pick(waiting)
    this.store.withdraw(chosen.ticket)
    this.tickets.splice(this.tickets.indexOf(chosen), 1)
  }

  check(maxsize: number): void {
    const { store } = this
    store.look()
    expect(store.figures.puts).toBe(this.accepted.length)
    expect(store.figures.gets).toBe(this.got.length)
    expect(store.depth).toBe(store.figures.puts - store.figures.gets)
    if (maxsize > 0) expect(store.depth).toBeLessThanOrEqual(maxsize)
  }

  /** Gets what is left, in order. */
  drain(): number[] {
    const left: number[] = []
    while (this.store.depth > 0) {
      const before = this.deliveries.length
      this.get('0.1', 100, false)
      const delivery = this.deliveries[before]
      if (!delivery) break
      left.push(...delivery.items)
      this.store.acknowledge('0.1', delivery.id)
      this.deliveries.splice(before, 1)
    }
    return left
  }
}

test('a thousand seeds: nothing is lost, nothing comes twice, and all is given in order', () => {
  let taken = 0
  for (let seed = 1; seed <= 1_000; seed++) {
    const dice = chance(seed)
    const maxsize = dice.pick([0, 1, 2, 5])
    const world = new World(maxsize)
    // From some step on, or never.
    const ringFrom = dice.below(120)
    for (let step = 0; step < 60; step++) {
      if (step === ringFrom) world.openRing()
      const client = dice.pick(CLIENTS)
      switch (dice.below(10)) {
        case 0:
        case 1:
        case 2:
          // Where there is a bound, some of many may be in the queue and others not.
          world.put(client, dice.below(3) > 0, maxsize === 0 ? 1 + dice.below(3) : 1)
          break
        case 3:
          world.get(client, 1 + dice.below(3), dice.below(3) > 0)
          break
        case 4:
        case 5:
          world.take()
          break
        case 6:
          world.acknowledge(dice)
          break
        case 7:
          world.withdraw(dice)
          break
        default:
          if (dice.below(3) === 0) world.die(client)
      }
      // Not after each: what was taken must be right whenever it is looked at.
      if (dice.below(3) === 0) world.check(maxsize)
    }
    taken += world.taken
    for (const client of CLIENTS) world.die(client)
    world.store.close(() => new QueueClosedError(''))
    const left = world.drain()
    expect(left, `seed ${seed}`).toEqual([...left].sort((a, b) => a - b))
    expect(
      [...world.got, ...left].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual([...world.accepted].sort((a, b) => a - b))
    world.close()
  }
  if (process.platform === 'linux') expect(taken).toBeGreaterThan(500)
})
