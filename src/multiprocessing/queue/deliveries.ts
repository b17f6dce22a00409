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

  /** @returns what its getter has now; undefined for a delivery that is not, or not any more, on its way to this client */
  acknowledge(client: string, id: number): readonly Parcel[] | undefined {
    const delivery = this.#open.get(id)
    return delivery?.client === client ? this.#close(id, delivery) : undefined
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
