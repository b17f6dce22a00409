/**
 * Handles become objects again. Each kind of shared object registers how, when its module is loaded; `kinds.ts` loads them
 * all, so that a process can be handed any of them whether or not its own code knows it.
 */
import { isRecord, isText } from '../../shared/checks.ts'
import { WireError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { type OwnedHandle, References } from './references.ts'
import type { SharedHandle } from './values.ts'

type Reviver = (handle: SharedHandle, run: Run) => object

const revivers = new Map<string, Reviver>()
/** Shared objects made in this process and those it was handed, so that a handle that comes back is the same object. */
const known = new WeakMap<Run, Map<string, WeakRef<object>>>()

/** Called once for a kind, by the module that defines it. */
export function registerKind(kind: string, reviver: Reviver): void {
  revivers.set(kind, reviver)
}

/**
 * Remembers an object for handles of it that come back, as long as the program has it.
 * @param forget called when it has been collected
 */
export function remember(run: Run, handle: OwnedHandle, object: object, forget?: () => void): void {
  let objects = known.get(run)
  if (!objects) known.set(run, (objects = new Map()))
  const key = keyOf(handle)
  const reference = new WeakRef(object)
  const all = objects
  all.set(key, reference)
  References.of(run).hold(handle, object, () => {
    // There may be another one by now.
    if (all.get(key) === reference) all.delete(key)
    forget?.()
  })
}

/** How many objects of this process stand for shared ones. */
export function countKnown(run: Run): number {
  return known.get(run)?.size ?? 0
}

/** What tells one handle from another: the two ends of a pipe share an id and nothing else. */
function keyOf(handle: SharedHandle & { end?: unknown }): string {
  return `${handle.id}${handle.end === undefined ? '' : ` ${String(handle.end)}`}`
}

/** An object is known by its id, which says who owns it: nobody can pass off something of its own as another's. */
function checkHandle(value: unknown): OwnedHandle {
  const known = isRecord(value) && isText(value.kind) && isText(value.id) && isText(value.owner)
  if (known && (value.id as string).startsWith(`${value.owner}/`)) return value as unknown as OwnedHandle
  throw new WireError('A message carries a shared object that nobody can have made.')
}

/** @returns the object in this process for a shared object's handle; throws WireError for one that cannot be */
export function revive(handle: SharedHandle, run: Run): object {
  const owned = checkHandle(handle)
  const object = known.get(run)?.get(keyOf(owned))?.deref() ?? reviveNew(owned, run)
  References.of(run).receive(owned)
  return object
}

/** The same for a handle that others may receive too, such as one in a manager's dictionary: it goes on being valid. */
export function reviveCopy(handle: SharedHandle, run: Run): object {
  const owned = checkHandle(handle)
  return known.get(run)?.get(keyOf(owned))?.deref() ?? reviveNew(owned, run)
}

function reviveNew(handle: SharedHandle, run: Run): object {
  const reviver = revivers.get(handle.kind)
  if (!reviver) throw new WireError(`A message carries a shared object of an unknown kind, ${handle.kind}.`)
  return run.within(() => reviver(handle, run))
}
