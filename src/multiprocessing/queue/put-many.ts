/** Puts many items into a store, each as it is put alone, and answers once for all. */
import type { ClientId, QueueStore, Ticket } from './store.ts'

export interface PutManyReply {
  accepted(): void
  /** @param put how many of the items are in the queue */
  refused(error: Error, put: number): void
}

/**
 * What does not fit waits in its place, so that items go in piece by piece, as room comes, and in order.
 * @returns what takes back those that wait; undefined if none does. It answers nothing; it returns how many are in the queue
 */
export function putMany(
  store: QueueStore,
  client: ClientId,
  items: readonly Uint8Array[],
  wait: boolean,
  priority: number,
  reply: PutManyReply,
  full: () => Error,
): (() => number) | undefined {
  let put = 0
  let over = false
  const tickets = new Set<Ticket>()
  const takeBack = () => {
    over = true
    for (const ticket of tickets) store.withdraw(ticket)
    tickets.clear()
    return put
  }
  const refuse = (error: Error) => {
    if (over) return
    takeBack()
    reply.refused(error, put)
  }
  if (items.length === 0) {
    reply.accepted()
    return undefined
  }
  for (const bytes of items) {
    if (over) break
    let ticket: Ticket | undefined
    const accepted = () => {
      if (ticket) tickets.delete(ticket)
      put++
      if (put === items.length && !over) {
        over = true
        reply.accepted()
      }
    }
    ticket = store.put(client, bytes, wait, { accepted, refused: refuse }, full, priority)
    if (ticket) tickets.add(ticket)
  }
  return over ? undefined : takeBack
}
