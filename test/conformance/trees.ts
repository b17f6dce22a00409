/** Processes that start processes: one queue for all of them, queues of siblings, and who waits for whom at the end. */
import { activeChildren, Event, main, Process, Queue } from 'forkscope'
import { isAlive } from '../wait-until.ts'
import { joinAll, print, range, settle, sorted, startAll, take } from './in-python-words.ts'

async function finish(processes: Process[]) {
  startAll(processes)
  await joinAll(processes)
}

export async function branch(path: string, depth: number, said: Queue<string>) {
  await said.put(path)
  await finish(range(depth).map((i) => new Process(branch, [`${path}.${i}`, depth - 1, said])))
  await said.put(`${path} ends`)
}

interface Ends {
  in: Queue<number | null>
  out: [Queue<number | null>]
}

export async function relay(ends: Ends) {
  for await (const item of ends.in) {
    if (item === null) break
    await ends.out[0].put(item + 1)
  }
  await ends.out[0].put(null)
}

export async function ownQueue(results: Queue) {
  const inner = new Queue<[pid: number, parent: number]>()
  const before = activeChildren().length
  await finish(range(2).map(() => new Process(putPid, [inner])))
  const pids = await take(inner, 2)
  const ours = pids.map(([, parent]) => parent === process.pid)
  await results.put([before, new Set(pids.map(([pid]) => pid)).size, ours, activeChildren().length])
}

export const putPid = (queue: Queue<[number, number]>) => queue.put([process.pid, process.ppid])

export async function leaveBehind(daemon: boolean, event: Event, queue: Queue) {
  const process = new Process(bePatient, [event, queue], { daemon })
  process.start()
  await queue.put(process.pid)
  await queue.put('started')
}

export async function bePatient(event: Event, queue: Queue) {
  await event.wait()
  await queue.put('waited')
}

function innerOnesEndFirst(lines: string[]): boolean {
  const at = (path: string) => lines.indexOf(`${path} ends`)
  const paths = lines.filter((line) => !line.includes('ends'))
  return paths.every((a) => paths.every((b) => !b.startsWith(`${a}.`) || at(a) > at(b)))
}

main(import.meta, async () => {
  const said = new Queue<string>()
  await finish([new Process(branch, ['0', 2, said])])
  const lines = await take(said, 10)
  print('in the tree:', sorted(lines))
  print('the inner ones end first:', innerOnesEndFirst(lines))

  const queues = range(4).map(() => new Queue<number | null>())
  const queueAt = (i: number) => queues[i] as Queue<number | null>
  const siblings = range(3).map((i) => new Process(relay, [{ in: queueAt(i), out: [queueAt(i + 1)] }]))
  startAll(siblings)
  for (const item of [0, 10, 20, null]) await queueAt(0).put(item)
  print('through three siblings:', await take(queueAt(3), 4))
  await joinAll(siblings)

  const results = new Queue()
  await finish([new Process(ownQueue, [results])])
  print('a queue of a child:', await results.get(), activeChildren().length)

  const event = new Event()
  const waits = new Process(leaveBehind, [false, event, results])
  waits.start()
  const patient = (await results.get()) as number
  print('a child that is no daemon:', await results.get())
  await waits.join({ timeoutMs: 200 })
  print('is waited for:', waits.isAlive(), isAlive(patient))
  await event.set()
  await waits.join()
  print('to its end:', await results.get(), waits.exitCode)

  const leaves = new Process(leaveBehind, [true, new Event(), results])
  leaves.start()
  const daemon = (await results.get()) as number
  print('a daemon:', await results.get())
  await leaves.join()
  await settle(() => !isAlive(daemon))
  print('ends with its parent:', leaves.exitCode, await results.empty())
})
