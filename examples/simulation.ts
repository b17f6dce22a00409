/** Heat that spreads along a rod, a process for each part: nobody takes the next step before all have taken this one. */
import { Barrier, Manager, main, Process, type SharedList } from 'forkscope'

const STEPS = 20
const PARTS = 4

export async function part(index: number, barrier: Barrier, now: SharedList<number>, next: SharedList<number>) {
  let [from, to] = [now, next]
  for (let step = 0; step < STEPS; step++) {
    const own = (await from.at(index)) as number
    const left = index > 0 ? ((await from.at(index - 1)) as number) : own
    const right = index < PARTS - 1 ? ((await from.at(index + 1)) as number) : own
    await to.set(index, own + (left + right - 2 * own) / 4)
    await barrier.wait()
    ;[from, to] = [to, from]
  }
}

main(import.meta, async () => {
  const manager = new Manager()
  const [now, next] = [manager.list<number>(), manager.list<number>()]
  const start = [100, 0, 0, 0]
  await now.push(...start)
  await next.push(...start)
  const barrier = new Barrier(PARTS, { name: 'step' })
  const parts = start.map((_, index) => new Process(part, [index, barrier, now, next], { name: `part ${index}` }))
  for (const process of parts) process.start()
  for (const process of parts) await process.join()
  const heat = await now.toArray()
  console.log(`after ${STEPS} steps: ${heat.map((value) => value.toFixed(1)).join(' ')}`)
  console.log(`heat in all: ${heat.reduce((sum, value) => sum + value, 0).toFixed(1)}`)
})
