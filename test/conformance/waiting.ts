import {
  Barrier,
  BrokenBarrierError,
  Condition,
  Event,
  Manager,
  main,
  Process,
  type SharedList,
  sleep,
} from 'forkscope'

export async function waitForEvent(event: Event, seen: SharedList<boolean>) {
  await seen.push(await event.wait({ timeoutMs: 50 }))
  await seen.push(await event.wait())
}

export async function consume(condition: Condition, items: SharedList<number>, got: SharedList<number>) {
  await condition.with(async () => {
    await condition.waitFor(async () => (await items.length()) > 0)
    await got.push((await items.pop(0)) as number)
  })
}

export async function meet(barrier: Barrier, indices: SharedList<number>) {
  await indices.push(await barrier.wait())
}

export async function waitTooLong(barrier: Barrier, seen: SharedList<string>) {
  try {
    await barrier.wait({ timeoutMs: 100 })
  } catch (error) {
    if (error instanceof BrokenBarrierError) await seen.push('broken')
  }
}

const python = (value: unknown) => (value === true ? 'True' : value === false ? 'False' : String(value))
const print = (label: string, ...values: unknown[]) => console.log(label, values.map(python).join(' '))

async function startAll(processes: Process[]) {
  for (const process of processes) process.start()
}

async function joinAll(processes: Process[]) {
  for (const process of processes) await process.join()
}

main(import.meta, async () => {
  const manager = new Manager()
  const [event, seen] = [new Event(), manager.list<boolean>()]
  const process = new Process(waitForEvent, [event, seen])
  process.start()
  while ((await seen.length()) === 0) await sleep(10)
  print('set yet:', await event.isSet())
  await event.set()
  await process.join()
  print('waited:', ...(await seen.toArray()))
  await event.clear()
  print('cleared:', await event.isSet())

  const [condition, items, got] = [new Condition(), manager.list<number>(), manager.list<number>()]
  const consumers = Array.from({ length: 3 }, () => new Process(consume, [condition, items, got]))
  await startAll(consumers)
  for (let item = 0; item < 3; item++) {
    await condition.with(async () => {
      await items.push(item)
      await condition.notify()
    })
    await sleep(20)
  }
  await condition.with(() => condition.notifyAll())
  await joinAll(consumers)
  print('consumed:', ...(await got.toArray()).sort())
  await condition.with(async () => print('notified in time:', await condition.wait({ timeoutMs: 50 })))
  const refused = await condition
    .notify()
    .then(() => false)
    .catch(() => true)
  console.log(refused ? 'only with the lock' : 'notified without the lock')

  const [barrier, indices] = [new Barrier(3), manager.list<number>()]
  const parties = Array.from({ length: 3 }, () => new Process(meet, [barrier, indices]))
  await startAll(parties)
  await joinAll(parties)
  print('met:', ...(await indices.toArray()).sort())
  const said = manager.list<string>()
  const late = new Process(waitTooLong, [barrier, said])
  late.start()
  await late.join()
  print('too few:', ...(await said.toArray()), await barrier.broken())
  await barrier.reset()
  print('reset:', await barrier.broken(), await barrier.waiting(), barrier.parties)
})
