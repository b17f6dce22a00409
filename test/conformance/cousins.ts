/** Queues, pipes, locks and what a manager keeps, between processes that have only a grandparent in common. */
import { type Connection, Lock, Manager, main, Pipe, Process, Queue, type SharedDict } from 'forkscope'
import { joinAll, print, range, startAll, take } from './in-python-words.ts'

async function finish(processes: Process[]) {
  startAll(processes)
  await joinAll(processes)
}

export const startSender = (queue: Queue<string>) => finish([new Process(sendThree, [queue])])

export async function sendThree(queue: Queue<string>) {
  for (const item of ['one', 'two', 'three']) await queue.put(item)
}

export const startReceiver = (queue: Queue<string>, results: Queue) =>
  finish([new Process(receiveThree, [queue, results])])

export const receiveThree = async (queue: Queue<string>, results: Queue) => results.put(await take(queue, 3))

export const handOn = (connection: Connection) => finish([new Process(answer, [connection])])

export const answer = async (connection: Connection) => connection.send(((await connection.recv()) as number) * 2)

type Counts = SharedDict<string, number>

export async function startAdder(lock: Lock, shared: Counts) {
  const inner = new Process(add, [lock, shared])
  inner.start()
  await add(lock, shared)
  await inner.join()
}

export async function add(lock: Lock, shared: Counts) {
  for (let i = 0; i < 5; i++) {
    await lock.with(async () => shared.set('count', ((await shared.get('count')) as number) + 1))
  }
}

main(import.meta, async () => {
  const [between, results] = [new Queue<string>(), new Queue()]
  await finish([new Process(startReceiver, [between, results]), new Process(startSender, [between])])
  print('between cousins:', await results.get())

  const [ours, theirs] = Pipe()
  const middle = new Process(handOn, [theirs])
  middle.start()
  await ours.send(21)
  print('a pipe to a grandchild:', await ours.recv())
  await middle.join()

  const [lock, shared]: [Lock, Counts] = [new Lock(), new Manager().dict()]
  await shared.set('count', 0)
  await finish(range(2).map(() => new Process(startAdder, [lock, shared])))
  print('counted by cousins:', await shared.get('count'))
})
