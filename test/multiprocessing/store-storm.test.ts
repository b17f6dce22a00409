/** Thousands of seeds against the queue's store alone: whatever clients do and whenever they die, every item is in one place. */
import { expect, test } from 'vitest'
import { Empty, Full, QueueClosedError } from '../../src/multiprocessing/errors.ts'
import { type Batch, batchesOf } from '../../src/multiprocessing/queue/batch.ts'
import type { ClaimPlace } from '../../src/multiprocessing/queue/claims.ts'
import { countOf, type Parcel, QueueStore, type Ticket } from '../../src/multiprocessing/queue/store.ts'
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
  readonly deliveries: { client: Client; id: number; items: number[]; claims?: Claims }[] = []
  /** Whether clients have places to claim in; some never have. */
  claiming = true
  /** How often claims were revoked. */
  revoked = 0
  readonly tickets: { client: Client; ticket: Ticket; answered: () => boolean }[] = []
  readonly recalls: { client: string; id: number }[] = []
  /** How often a client got something ahead. */
  ahead = 0
  #next = 0
  #time = 0

  constructor(maxsize: number) {
    this.store = new QueueStore(
      maxsize,
      () => this.#time++,
      () => {},
    )
    this.store.recall = (client, id, taken) => {
      this.recalls.push({ client, id })
      if (taken === undefined) return
      this.revoked++
      const index = this.deliveries.findIndex((delivery) => delivery.id === id)
      // All of it may have been taken.
      if (index < 0) return
      expect(this.deliveries[index]?.claims?.taken).toBe(taken)
      this.deliveries.splice(index, 1)
    }
    this.store.claims = (client) => {
      if (!this.claiming || client === '0.3') return undefined
      const claims = { taken: 0, revoked: false }
      return {
        place: 0,
        base: 0,
        claims,
        taken: () => claims.taken,
        revoke: () => {
          claims.revoked = true
          return claims.taken
        },
        free: () => {},
      } as ClaimPlace
    }
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
        },
        refused: () => answered++,
      },
      () => new Full(''),
    )
    if (ticket) this.tickets.push({ client, ticket, answered: () => answered > 0 })
    else expect(answered).toBe(1)
  }

  get(client: Client, max: number, wait: boolean, ahead = 0): void {
    let answered = 0
    const ticket = this.store.get(
      client,
      max,
      wait,
      {
        ahead,
        deliver: (parcels, id, more) => {
          answered++
          expect(countOf(parcels)).toBeGreaterThan(0)
          expect(countOf(parcels)).toBeLessThanOrEqual(max + ahead)
          if (countOf(parcels) > max) this.ahead++
          const items = numbersIn(parcels)
          for (const other of this.store.ordered ? this.deliveries : []) {
            // Nobody gets what is newer than what another may still claim.
            const [oldest] = other.claims && other.client !== client ? other.items : []
            if (oldest !== undefined) expect(items[0]).toBeLessThan(oldest)
          }
          this.deliveries.push({ client, id, items: more ? items.splice(0, max) : items })
          if (!more) return
          const { claims } = more.place as ClaimPlace & { claims: Claims }
          this.deliveries.push({ client, id: more.delivery, items, claims })
        },
        refused: () => answered++,
      },
      () => new Empty(''),
    )
    if (ticket) this.tickets.push({ client, ticket, answered: () => answered > 0 })
    else expect(answered).toBe(1)
  }

  /** All of a delivery, or the first items of it. */
  acknowledge({ pick, below }: Chance): void {
    if (this.deliveries.length === 0) return
    const delivery = pick(this.deliveries)
    const count = 1 + below(delivery.items.length)
    if (delivery.claims) {
      // By claims: the store must find out by itself.
      expect(delivery.claims.revoked).toBe(false)
      delivery.claims.taken += count
      this.got.push(...delivery.items.splice(0, count))
      if (delivery.items.length === 0) this.deliveries.splice(this.deliveries.indexOf(delivery), 1)
      return
    }
    if (count === delivery.items.length) this.deliveries.splice(this.deliveries.indexOf(delivery), 1)
    this.got.push(...delivery.items.splice(0, count))
    this.store.acknowledge(delivery.client, delivery.id, count)
  }

  /** A client gives back what it was asked for, if it has not got all of it meanwhile. */
  answerRecall(): void {
    const recall = this.recalls.shift()
    if (!recall) return
    const index = this.deliveries.findIndex(({ id }) => id === recall.id)
    if (index >= 0) this.deliveries.splice(index, 1)
    this.store.giveBack(recall.client, recall.id)
  }

  die(gone: Client): void {
    const isGone = (client: string) => client === gone || client.startsWith(`${gone}.`)
    for (let i = this.deliveries.length - 1; i >= 0; i--) {
      if (isGone((this.deliveries[i] as { client: Client }).client)) this.deliveries.splice(i, 1)
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
    expect(store.puts).toBe(this.accepted.length)
    expect(store.gets).toBe(this.got.length)
    expect(store.depth).toBe(store.puts - store.gets)
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
      expect(delivery.claims).toBeUndefined()
      left.push(...delivery.items)
      this.store.acknowledge('0.1', delivery.id)
      this.deliveries.splice(before, 1)
    }
    return left
  }
}

/** What a client has claimed of a delivery. */
interface Claims {
  taken: number
  revoked: boolean
}

test('three thousand seeds: nothing is lost, nothing comes twice, and what is left is in order', () => {
  let ahead = 0
  let revoked = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const dice = chance(seed)
    const maxsize = dice.pick([0, 1, 2, 5])
    const world = new World(maxsize)
    world.claiming = dice.below(3) > 0
    world.store.ordered = dice.below(2) > 0
    // For so long there is only one getter, to which items may come ahead.
    const alone = dice.below(60)
    for (let step = 0; step < 60; step++) {
      const client = dice.pick(CLIENTS)
      switch (dice.below(10)) {
        case 0:
        case 1:
        case 2:
          // Where there is a bound, some of many may be in the queue and others not.
          world.put(client, dice.below(3) > 0, maxsize === 0 ? 1 + dice.below(3) : 1)
          break
        case 3:
        case 4:
          world.get(step < alone ? '0.1' : client, 1 + dice.below(3), dice.below(3) > 0, dice.below(4))
          break
        case 5:
        case 6:
          world.acknowledge(dice)
          break
        case 7:
          world.withdraw(dice)
          break
        case 8:
          world.answerRecall()
          break
        default:
          if (dice.below(3) === 0) world.die(client)
      }
      // Not after each: what was claimed must be right whenever it is looked at.
      if (dice.below(3) === 0) world.check(maxsize)
    }
    ahead += world.ahead
    revoked += world.revoked
    for (const client of CLIENTS) world.die(client)
    world.store.close(new QueueClosedError(''))
    const left = world.drain()
    expect(left, `seed ${seed}`).toEqual([...left].sort((a, b) => a - b))
    expect(
      [...world.got, ...left].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual([...world.accepted].sort((a, b) => a - b))
  }
  expect(ahead).toBeGreaterThan(1_000)
  expect(revoked).toBeGreaterThan(300)
})
