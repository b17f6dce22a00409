/** A queue of which one can wait until all that was put in it is done, with several workers, and work that makes more work. */
import { Empty, Event, Full, JoinableQueue, main, Process, Queue, SimpleQueue, StateError } from 'forkscope'
import { joinAll, print, range, sorted, startAll, take, throws } from './in-python-words.ts'

export async function square(work: JoinableQueue<number | null>, results: SimpleQueue<number>) {
  for await (const item of work) {
    if (item === null) break
    await results.put(item * item)
    await work.taskDone()
  }
  await work.taskDone()
}

export async function split(work: JoinableQueue<number>, leaves: Queue<number>) {
  for await (const item of work) {
    if (item > 1) {
      await work.put(Math.floor(item / 2))
      await work.put(item - Math.floor(item / 2))
    } else await leaves.put(item)
    await work.taskDone()
  }
}

export async function doOne(work: JoinableQueue, taken: Queue<string>, event: Event) {
  await work.get()
  await taken.put('taken')
  await event.wait()
  await work.taskDone()
}

export async function join(work: JoinableQueue, said: Queue<string>) {
  await work.join()
  await said.put('joined')
}

main(import.meta, async () => {
  const [work, results] = [new JoinableQueue<number | null>(), new SimpleQueue<number>()]
  await work.join()
  print('nothing to wait for')
  const workers = range(3).map(() => new Process(square, [work, results]))
  startAll(workers)
  for (const item of range(12)) await work.put(item)
  await work.join()
  print('squares:', sorted(await take(results, 12)))
  for (const _ of workers) await work.put(null)
  await work.join()
  await joinAll(workers)
  const codes = workers.map(({ exitCode }) => exitCode)
  print('all stopped:', codes, await results.empty())

  const [tree, leaves] = [new JoinableQueue<number>(), new Queue<number>()]
  startAll(range(2).map(() => new Process(split, [tree, leaves], { daemon: true })))
  await tree.put(10)
  await tree.join()
  print('leaves:', await take(leaves, 10), await tree.empty())

  const [slow, taken, said] = [new JoinableQueue<string>(1), new Queue<string>(), new Queue<string>()]
  const event = new Event()
  await slow.put('a')
  const [doer, joiner] = [new Process(doOne, [slow, taken, event]), new Process(join, [slow, said])]
  startAll([doer, joiner])
  print('it is', await taken.get())
  if (await throws(Empty, () => said.get({ timeoutMs: 200 }))) print('but not done:', joiner.isAlive())
  await event.set()
  print('now:', await said.get())
  await joinAll([doer, joiner])

  await slow.put('b')
  if (await throws(Full, () => slow.putNowait('c'))) print('bounded')
  print('got:', await slow.get())
  await slow.taskDone()
  await slow.join()
  if (await throws(StateError, () => slow.taskDone())) print('done once too often')
  await slow.put('d')
  print('goes on:', await slow.get())
  await slow.taskDone()
  await slow.join()
  print('the end')
})
