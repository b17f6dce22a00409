/** The queues of a storm, and what grows around them: putters, getters and pipelines, most of them in trees three deep. */
import { JoinableQueue, Process, Queue } from '../../src/multiprocessing/index.ts'
import { get, grow, keep, MANY, type Plant, put, type Soil } from '../fixtures/storm.ts'
import type { Item } from './items.ts'

const putter = (arena: string, queue: Queue<Item>): Plant => ({ kind: 'putter', arena, queue })
const getter = (arena: string, queue: Queue<Item>): Plant => ({ kind: 'getter', arena, queue })
const inner = (...below: Plant[]): Plant => ({ kind: 'inner', below })

/** What is put in all of these and got by somebody, once everything has grown. */
const ARENAS = ['up', 'up bounded', 'kept up', 'across', MANY, 'down', 'unordered', 'kept down']

/** @param names of the files of notes */
export function hasGrown(names: readonly string[]): boolean {
  const begun = (arena: string) => [`${arena}.putter.1`, `${arena}.getter.1`].every((name) => names.includes(name))
  return ARENAS.every(begun) && names.some((name) => /^pipeline .*getter/.test(name))
}

/** Lives until it is calm and everything has come to its end. */
export async function live(soil: Soil): Promise<void> {
  // Up to this process, which is never killed: of what was put, nothing may be missing.
  const [up, upBounded] = [new Queue<Item>(), new Queue<Item>({ maxsize: 8 })]
  // From this process down.
  const [down, unordered] = [
    new JoinableQueue<Item>({ maxsize: 50 }),
    new Queue<Item>({ maxsize: 500, ordered: false }),
  ]
  // From tree to tree.
  const [across, many] = [new Queue<Item>({ maxsize: 30 }), new Queue<Item>({ maxsize: 30 })]
  // Owned by a process beside the trees.
  const [given, end] = [new Queue<Queue<Item>>(), new Queue<never>()]
  const keeper = new Process(keep, [given, end])
  keeper.start()
  const [keptUp, keptDown] = [await given.get(), await given.get()]

  const all = (...plants: Plant[]) => plants.map((plant) => grow(plant, soil))
  const putters = all(
    inner(inner(putter('up', up), putter('up bounded', upBounded)), putter('kept up', keptUp)),
    inner(inner(putter('across', across), putter(MANY, many))),
  )
  const getters = all(
    inner(inner(getter('down', down), getter('unordered', unordered)), getter('across', across)),
    inner(inner(getter(MANY, many), getter('kept down', keptDown)), getter('unordered', unordered)),
    getter('down', down),
  )
  const pipeline = grow(inner({ kind: 'pipeline' }), soil)
  const ownGetters = [get(up, 'up', soil), get(upBounded, 'up bounded', soil), get(keptUp, 'kept up', soil)]
  const ownPutters = [put(down, 'down', soil), put(unordered, 'unordered', soil), put(keptDown, 'kept down', soil)]

  // These are awaited later: if others fail before, that is what is told.
  for (const later of [...getters, ...ownGetters, pipeline]) later.catch(() => {})
  await Promise.all([...putters, ...ownPutters])
  // It says so if a process was killed that had got an item and not said that it is done.
  await down.join().catch(() => {})
  for (const queue of [up, upBounded, down, unordered, across, many, keptUp, keptDown]) await queue.close()
  await Promise.all([...getters, ...ownGetters, pipeline])
  await end.close()
  await keeper.join()
}
