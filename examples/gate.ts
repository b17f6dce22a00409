/** A semaphore lets two in at a time, an event opens the gate for all at once. */
import { Event, Manager, main, Process, Semaphore, type SharedList, sleep } from 'forkscope'

export async function visitor(gate: Event, seats: Semaphore, log: SharedList<number>) {
  await gate.wait()
  await seats.with(async () => {
    await log.push(1)
    await sleep(20)
    await log.push(-1)
  })
}

main(import.meta, async () => {
  const [gate, seats] = [new Event({ name: 'gate' }), new Semaphore(2, { name: 'seats' })]
  const log = new Manager().list<number>()
  const visitors = Array.from(
    { length: 6 },
    (_, i) => new Process(visitor, [gate, seats, log], { name: `visitor ${i + 1}` }),
  )
  for (const process of visitors) process.start()
  await gate.set()
  for (const process of visitors) await process.join()
  let [inside, most] = [0, 0]
  for (const change of await log.toArray()) most = Math.max(most, (inside += change))
  console.log(`${visitors.length} came, ${most <= 2 ? 'never more than two' : 'too many'} at a time`)
})
