/**
 * Handles become objects again. Each kind of shared object registers how, when its module is loaded; `kinds.ts` loads them
 * all, so that a process can be handed any of them whether or not its own code knows it.
 */
import { WireError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { SharedHandle } from './values.ts'

type Reviver = (handle: SharedHandle, run: Run) => object

const revivers = new Map<string, Reviver>()
/** Shared objects made in this process and those it was handed, so that a handle that comes back is the same object. */
const known = new WeakMap<Run, Map<string, object>>()

/** Called once for a kind, by the module that defines it. */
export function registerKind(kind: string, reviver: Reviver): void {
  revivers.set(kind, reviver)
}

/** Remembers an object under its handle's key, for handles of it that come back. */
export function remember(run: Run, key: string, object: object): void {
  let objects = known.get(run)
  if (!objects) known.set(run, (objects = new Map()))
  objects.set(key, object)
}

/** @returns what tells one handle from another; the two ends of a pipe share an id and nothing else */
export function keyOf(handle: SharedHandle & { end?: unknown }): string {
  return `${handle.id}${handle.end === undefined ? '' : ` ${String(handle.end)}`}`
}

/** @returns the object in this process for a shared object's handle; throws WireError for a handle of an unknown kind */
export function revive(handle: SharedHandle, run: Run): object {
  const same = known.get(run)?.get(keyOf(handle))
  if (same) return same
  const reviver = revivers.get(handle.kind)
  if (!reviver) throw new WireError(`A message carries a shared object of an unknown kind, ${handle.kind}.`)
  return run.within(() => reviver(handle, run))
}
