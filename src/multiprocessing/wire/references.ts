/**
 * Which shared objects somebody still has, so that those that nobody has cost nothing, in their owner's process and in every other.
 *
 * An object is had by a process as long as one that stands for it is reachable there; the collector says when it is not. On its way to
 * another process it is had by nobody: so each time it is sent it gets a ticket, which is valid until it has been received. Its owner
 * counts both, and lets go of it once there is neither. What is never received (it was on its way to a process that died, or was
 * refused because of something else in the same value) keeps its object: rather that than the other way.
 *
 * What a process has to tell an owner leaves in one message a turn, before anything else that it sends: so a ticket is known before
 * what it is for arrives, wherever that is, or at least before the process tells that it has the object no more.
 */
import { WireError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { decodeJson, encodeJson } from './frames.ts'
import type { Service } from './hub.ts'
import { secret } from './secret.ts'
import type { SharedHandle } from './values.ts'

/** A handle, as far as it matters here. */
export interface OwnedHandle extends SharedHandle {
  owner: string
  /** What it was sent with. */
  ticket?: string
}

/** What became of an object in a process since it told its owner last. */
interface Change {
  sent: string[]
  received: string[]
  /** How many objects that stand for it there are more, or less. */
  held: number
}

interface Owned {
  /** How many objects of this process stand for it. */
  held: number
  /** The same of others. */
  readonly holders: Map<string, number>
  readonly tickets: Set<string>
  /** Received before it was known that they were sent. */
  readonly early: Set<string>
  readonly letGo: (() => void)[]
}

export class References implements Service {
  readonly #run: Run
  readonly #owned = new Map<string, Owned>()
  /** What is to be told, by owner and object. */
  readonly #changes = new Map<string, Map<string, Change>>()
  readonly #collected = new FinalizationRegistry<() => void>((forget) => forget())

  readonly handlers: Service['handlers'] = {
    'reference.changes': ({ from }, payload) => {
      for (const [id, change] of changesIn(payload)) this.#apply(from, id, change)
    },
  }

  constructor(run: Run) {
    this.#run = run
  }

  /** @returns the references of this run, made when first asked for */
  static of(run: Run): References {
    return run.hub.service(References, () => new References(run))
  }

  /** How many objects this process owns that somebody has. */
  get owned(): number {
    return this.#owned.size
  }

  /** This process owns an object. @param letGo called, once, when nobody has it any more */
  own(id: string, letGo: () => void): void {
    const known = this.#owned.get(id)
    if (known) known.letGo.push(letGo)
    else {
      this.#owned.set(id, { held: 0, holders: new Map(), tickets: new Set(), early: new Set(), letGo: [letGo] })
    }
  }

  /** It need not be counted any more who has an object: there is nothing left of it. */
  disown(id: string): void {
    this.#owned.delete(id)
  }

  /** An object of this process stands for a shared one, from now until it is collected. @param forget called then, without it */
  hold({ id, owner }: OwnedHandle, object: object, forget: () => void): void {
    this.#change(owner, id, { held: 1 })
    this.#collected.register(object, () => {
      forget()
      this.#change(owner, id, { held: -1 })
    })
  }

  /** @returns the handle with a ticket, to be sent once */
  send<H extends OwnedHandle>(handle: H): H {
    // Nobody can guess it: whoever says that it was received would let go of what is on its way to another.
    const ticket = `${this.#run.path}#${secret()}`
    this.#change(handle.owner, handle.id, { sent: ticket })
    return { ...handle, ticket }
  }

  /** A handle has come. Call `hold` before, if there is a new object for it. */
  receive({ id, owner, ticket }: OwnedHandle): void {
    if (typeof ticket === 'string') this.#change(owner, id, { received: ticket })
  }

  /** Tells the owners what has changed. */
  flush(): void {
    const all = [...this.#changes]
    this.#changes.clear()
    for (const [to, changes] of all) {
      this.#run.hub.send({ type: 'reference.changes', to }, [encodeJson([...changes])])
    }
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const owner of this.#changes.keys()) if (isGone(owner)) this.#changes.delete(owner)
    for (const [id, owned] of this.#owned) {
      let left = false
      for (const path of owned.holders.keys()) if (isGone(path)) left = owned.holders.delete(path)
      if (left) this.#check(id, owned)
    }
  }

  #change(
    owner: string,
    id: string,
    { held = 0, sent, received }: { held?: number; sent?: string; received?: string },
  ): void {
    if (owner === this.#run.path) {
      this.#apply(owner, id, { held, sent: sent ? [sent] : [], received: received ? [received] : [] })
      return
    }
    let changes = this.#changes.get(owner)
    if (!changes) this.#changes.set(owner, (changes = new Map()))
    let change = changes.get(id)
    if (!change) changes.set(id, (change = { held: 0, sent: [], received: [] }))
    change.held += held
    if (sent) change.sent.push(sent)
    if (received) change.received.push(received)
    this.#run.hub.flushLater(this)
  }

  #apply(path: string, id: string, { held, sent, received }: Change): void {
    const owned = this.#owned.get(id)
    if (!owned) return
    for (const ticket of sent) if (!owned.early.delete(ticket)) owned.tickets.add(ticket)
    if (path === this.#run.path) owned.held += held
    else if (held !== 0) {
      const now = (owned.holders.get(path) ?? 0) + held
      if (now > 0) owned.holders.set(path, now)
      else owned.holders.delete(path)
    }
    for (const ticket of received) {
      // One of this process's own is known as long as it is valid.
      if (!owned.tickets.delete(ticket) && !ticket.startsWith(`${this.#run.path}#`)) owned.early.add(ticket)
    }
    this.#check(id, owned)
  }

  #check(id: string, { held, holders, tickets, letGo }: Owned): void {
    if (held > 0 || holders.size > 0 || tickets.size > 0) return
    this.#owned.delete(id)
    for (const each of letGo) each()
  }
}

/** @throws WireError if the payload is something else */
function changesIn(payload: Uint8Array): [string, Change][] {
  const changes = decodeJson(payload)
  if (!Array.isArray(changes) || !changes.every(isChange))
    throw new WireError('A message tells references that are none.')
  return changes as [string, Change][]
}

function isChange(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') return false
  const change = entry[1] as Partial<Record<keyof Change, unknown>> | null
  return (
    typeof change === 'object' &&
    change !== null &&
    Number.isSafeInteger(change.held) &&
    areTexts(change.sent) &&
    areTexts(change.received)
  )
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
