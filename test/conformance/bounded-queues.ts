/** A queue with a size holds back who is fast; what several put and several get keeps its order and is got once. */
import { Empty, Full, Manager, main, Process, Queue, QueueClosedError, type SharedList, sleep } from 'forkscope'
import { joinAll, print, range, settle, sorted, startAll, take, throws } from './in-python-words.ts'

export async function putNoting(queue: Queue<number>, count: number, noted: SharedList<number>) {
  for (const item of range(count)) {
    await queue.put(item)
    await noted.push(item)
  }
}

export async function putInTime(queue: Queue, item: string, seconds: number, said: Queue<string>) {
  const full = await throws(Full, () => queue.put(item, { timeoutMs: seconds * 1000 }))
  await said.put(full ? 'full' : `put ${item}`)
}

export async function getInTime(queue: Queue, seconds: number, said: Queue<string>) {
  const empty = await throws(Empty, async () => said.put(`got ${await queue.get({ timeoutMs: seconds * 1000 })}`))
  if (empty) await said.put('empty')
}

type Item = [name: string, number: number]

export async function produce(name: string, queue: Queue<Item>, count: number) {
  for (const number of range(count)) await queue.put([name, number])
}

export async function consume(queue: Queue<Item | 'STOP'>, results: Queue<Item[]>) {
  const items: Item[] = []
  for await (const item of queue) {
    if (item === 'STOP') break
    items.push(item)
  }
  await results.put(items)
}

async function finish(process: Process) {
  process.start()
  await process.join()
}

const ordered = (items: Item[], which: string) => {
  const numbers = items.filter(([name]) => name === which).map(([, number]) => number)
  return numbers.join() === sorted(numbers).join()
}

main(import.meta, async () => {
  const [queue, noted] = [new Queue<number | string>(2), new Manager().list<number>()]
  print('fresh:', await queue.qsize(), await queue.empty(), await queue.full())
  const putter = new Process(putNoting, [queue as Queue<number>, 5, noted])
  putter.start()
  await settle(async () => (await noted.length()) === 2)
  await sleep(200)
  print('held back:', await noted.toArray(), await queue.qsize(), await queue.full())
  print('room for one:', await queue.get())
  await settle(async () => (await noted.length()) === 3)
  await sleep(100)
  print('no more:', await noted.toArray(), await queue.full())
  print('the rest:', await take(queue, 4))
  await putter.join()
  print('all were put:', await noted.toArray(), putter.exitCode)

  const said = new Queue<string>()
  await settle(() => queue.empty())
  await queue.put('a')
  await queue.put('b')
  await finish(new Process(putInTime, [queue, 'c', 0.1, said]))
  print('no room in time:', await said.get())
  const patient = new Process(putInTime, [queue, 'c', 30, said])
  patient.start()
  print('makes room:', await queue.get())
  print('room in time:', await said.get(), await queue.get(), await queue.get())
  await patient.join()
  await finish(new Process(getInTime, [queue, 0.1, said]))
  print('nothing in time:', await said.get())
  const getter = new Process(getInTime, [queue, 30, said])
  getter.start()
  await queue.put('d')
  print('something in time:', await said.get())
  await getter.join()
  if (await throws(Empty, () => queue.getNowait())) print('nothing now')

  const [shared, results] = [new Queue<Item | 'STOP'>(3), new Queue<Item[]>()]
  const names = ['a', 'b', 'c']
  const producers = names.map((name) => new Process(produce, [name, shared as Queue<Item>, 6]))
  const consumers = range(2).map(() => new Process(consume, [shared, results]))
  startAll([...producers, ...consumers])
  await joinAll(producers)
  for (const _ of consumers) await shared.put('STOP')
  const lists = await take(results, 2)
  await joinAll(consumers)
  print('each once:', sorted(lists.flat().map(([name, number]) => `${name}${number}`)))
  const inOrder = lists.every((items) => names.every((name) => ordered(items, name)))
  print('in order:', inOrder)

  const unbounded = new Queue<number>(0)
  for (const item of range(500)) await unbounded.put(item)
  print('without bound:', await unbounded.qsize(), await unbounded.full())
  print('still in order:', (await take(unbounded, 500)).join() === range(500).join())
  await unbounded.close()
  if (await throws(QueueClosedError, () => unbounded.put(1))) print('closed')
})
