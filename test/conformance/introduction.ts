/** What the introduction of Python's documentation shows: a process, a queue, a pipe, a lock, a manager, a pool. */
import {
  type Connection,
  currentProcess,
  Lock,
  Manager,
  main,
  Pipe,
  Pool,
  Process,
  Queue,
  type SharedDict,
  type SharedList,
} from 'forkscope'
import { print, range, sorted } from './in-python-words.ts'

export const hello = (name: string) => print('hello', name)

export const info = (title: string, pid: number) =>
  print(title, currentProcess().name, process.ppid === pid, process.pid !== pid)

export const putThree = (queue: Queue) => queue.put([42, null, 'hello'])

export async function sendThree(connection: Connection) {
  await connection.send([42, null, 'hello'])
  await connection.close()
}

export async function sayLocked(lock: Lock, number: number, said: SharedList<string>) {
  await lock.acquire()
  try {
    await said.push('hello')
    await said.push(`world ${number}`)
  } finally {
    await lock.release()
  }
}

export async function fill(shared: SharedDict<string | number>, items: SharedList<number>) {
  await shared.set(1, '1')
  await shared.set('2', 2)
  await shared.set(0.25, null)
  await items.push((await items.pop(0)) as number)
}

export const square = (x: number) => x * x

async function finish(process: Process) {
  process.start()
  await process.join()
}

main(import.meta, async () => {
  await finish(new Process(hello, ['bob']))
  await finish(new Process(info, ['function info:', process.pid], { name: 'informant' }))

  const queue = new Queue()
  const putter = new Process(putThree, [queue])
  putter.start()
  print('by queue:', await queue.get())
  await putter.join()

  const [ours, theirs] = Pipe()
  const sender = new Process(sendThree, [theirs])
  sender.start()
  print('by pipe:', await ours.recv())
  await sender.join()

  const manager = new Manager()
  const [lock, said] = [new Lock(), manager.list<string>()]
  await Promise.all(range(4).map((number) => finish(new Process(sayLocked, [lock, number, said]))))
  const lines = await said.toArray()
  const every = (from: number) => lines.filter((_, index) => index % 2 === from)
  print('nobody in between:', every(0), sorted(every(1)))

  const [shared, items] = [manager.dict<string | number>(), manager.list<number>()]
  await items.push(...range(5))
  await finish(new Process(fill, [shared, items]))
  print('managed:', new Map(await shared.entries()), await items.toArray())

  await using pool = new Pool(3)
  print('by pool:', await pool.map(square, [1, 2, 3]))
})
