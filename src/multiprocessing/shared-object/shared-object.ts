/** What all shared objects have in common: an id, an owner, and the way to ask it. */
import type { ObjectKind } from '../../shared/telemetry.ts'
import { currentRun, type Run } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Waiting } from '../run/waiting.ts'
import { checkSize } from '../wire/frames.ts'
import { References } from '../wire/references.ts'
import { registerKind, remember } from '../wire/revive.ts'
import { type SharedHandle, sharedHandle } from '../wire/values.ts'
import { type Answer, type Fields, ObjectService, type SharedState } from './service.ts'

export interface ObjectHandle extends SharedHandle {
  owner: string
  name: string
  [field: string]: unknown
}

/** The key under which a handle is given to a constructor; no user has it. */
export const fromHandle: unique symbol = Symbol('fromHandle')

export interface ObjectOptions {
  /** What it is called on screen and in messages; by default its kind and a number. */
  name?: string
}

/** What a constructor may be given besides its own options. */
export type Given<O> = O & { [fromHandle]?: ObjectHandle }

/** A ticket is for one way only. */
function withoutTicket({ ticket: _, ...handle }: ObjectHandle): ObjectHandle {
  return handle as ObjectHandle
}

export abstract class SharedObject {
  readonly name: string
  protected readonly run: Run
  protected readonly handle: ObjectHandle
  /** What this process waits for where it waits for no more than an answer. */
  #anAnswer: Waiting | undefined

  /** @param make makes the object's state, in the process that makes the object */
  constructor(
    kind: ObjectKind,
    { name, [fromHandle]: handle }: Given<ObjectOptions>,
    fields: Fields,
    make: (name: string, run: Run) => SharedState,
  ) {
    this.run = currentRun()
    if (handle) this.handle = withoutTicket(handle)
    else {
      const number = this.run.count(kind)
      const own = name ?? `${kind} ${number}`
      this.handle = { ...fields, kind, id: `${this.run.path}/${kind}${number}`, owner: this.run.path, name: own }
      const [service, { id }] = [ObjectService.of(this.run), this.handle]
      service.own(id, make(own, this.run), { kind, name: own })
      References.of(this.run).own(id, () => service.disown(id))
    }
    this.name = this.handle.name
    remember(this.run, this.handle, this)
  }

  /** For the wire, once for each time that it is sent. */
  [sharedHandle](): ObjectHandle {
    return References.of(this.run).send(this.handle)
  }

  /** @returns a wait for this object. @param label in words: `acquire lock 1` */
  protected awaiting(what: Waiting['what'], label: string, end?: string): Waiting {
    const { kind, id } = this.handle
    return { on: { kind: kind as ObjectKind, id, ...(end !== undefined && { end }) }, what, label }
  }

  /** Asks the owner. After `timeoutMs` it is told that this one waits no more. @param waiting what for, if not for the answer alone */
  protected async ask(
    op: string,
    fields: Fields = {},
    payload: readonly Uint8Array[] = [],
    waiting: Waiting = (this.#anAnswer ??=
      this.awaiting('other', `hear from ${this.name}`)),
    options: WaitOptions = {},
  ): Promise<Answer> {
    const timeoutMs = checkTimeout(options.timeoutMs)
    checkSize(
      payload.reduce((sum, { byteLength }) => sum + byteLength, 0),
      `what is sent to ${this.name}`,
    )
    const answer = await ObjectService.of(this.run).ask(this.handle, op, fields, payload, waiting, timeoutMs)
    const pause = this.run.breathe()
    if (pause) await pause
    return answer
  }
}

/** Registers how a handle of a kind becomes an object: by the class's constructor. */
export function registerClass(kind: ObjectKind, Class: new (given: never) => object): void {
  registerKind(kind, (handle) => new Class({ [fromHandle]: handle } as never))
}
