/** Items that were sent to those who asked for them and are not acknowledged yet: still in the queue, and back in it if a getter's process ends first. */
import { countOf, type Parcel } from './parcels.ts'

interface Delivery {
  client: string
  parcels: Parcel[]
}

export class Deliveries {
  readonly #open = new Map<number, Delivery>()
  #next = 1
  /** Items in all of them. */
  count = 0

  /** @returns the delivery's number */
  add(client: string, parcels: Parcel[]): number {
    const id = this.#next++
    this.count += countOf(parcels)
    this.#open.set(id, { client, parcels })
    return id
  }

  /**
   * @param count how many of it, from the first, its getter has
   * @returns what it has now, and what goes back; undefined for a delivery that is not, or not any more, on its way to this client
   */
  acknowledge(client: string, id: number, count: number): { got: Parcel[]; back: Parcel[] } | undefined {
    const delivery = this.#open.get(id)
    if (delivery?.client !== client) return undefined
    const got: Parcel[] = []
    const back: Parcel[] = []
    let left = count
    for (const parcel of this.#close(id, delivery)) {
      const { start, end, sequence } = parcel
      const taken = Math.min(left, end - start)
      left -= taken
      if (taken > 0) got.push({ ...parcel, end: start + taken })
      if (start + taken < end) back.push({ ...parcel, start: start + taken, sequence: sequence + taken })
    }
    return { got, back }
  }

  /** @returns what was on its way to processes that are gone */
  release(isGone: (client: string) => boolean): Parcel[] {
    const lost: Parcel[] = []
    for (const [id, delivery] of this.#open) if (isGone(delivery.client)) lost.push(...this.#close(id, delivery))
    return lost
  }

  #close(id: number, { parcels }: Delivery): readonly Parcel[] {
    this.#open.delete(id)
    this.count -= countOf(parcels)
    return parcels
  }
}
