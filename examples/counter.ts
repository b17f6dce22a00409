/** A counter that four processes raise, with a lock and without: without it, raises are lost. */
import { Lock, Manager, main, type Namespace, Process } from 'forkscope'

type Counter = Namespace<{ value: number }>

async function raise(counter: Counter) {
  const value = (await counter.get('value')) ?? 0
  await counter.set('value', value + 1)
}

export async function withLock(counter: Counter, lock: Lock, times: number) {
  for (let i = 0; i < times; i++) await lock.with(() => raise(counter))
}

export async function withoutLock(counter: Counter, _lock: Lock, times: number) {
  for (let i = 0; i < times; i++) await raise(counter)
}

async function run(target: typeof withLock): Promise<number> {
  const counter: Counter = new Manager().namespace<{ value: number }>()
  const lock = new Lock()
  const processes = Array.from({ length: 4 }, () => new Process(target, [counter, lock, 100]))
  for (const process of processes) process.start()
  for (const process of processes) await process.join()
  return (await counter.get('value')) ?? 0
}

main(import.meta, async () => {
  const without = await run(withoutLock)
  console.log(`without the lock: ${without < 400 ? 'raises were lost' : 'lucky this time'}`)
  console.log(`with the lock: ${await run(withLock)}`)
})
