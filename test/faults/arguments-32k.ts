/** Arguments of any size to a process, a pool's initializer, and a spare: of what a child is told before it can read shared memory. */
import { keepSpares, main, Pool, Process } from 'forkscope'

let told = 0

export function size(text: string): void {
  console.log('got', text.length)
}

export function remember(text: string): void {
  told = text.length
}

export function remembered(): number {
  return told
}

main(import.meta, async () => {
  for (const length of [33_000, 70_000, 5_000_000]) {
    const text = 'x'.repeat(length)
    const child = new Process(size, [text])
    child.start()
    await child.join()
    console.log(child.exitCode)
    await using pool = new Pool(1, { initializer: remember, initArgs: [text] })
    console.log('worker', await pool.apply(remembered, []))
  }
  keepSpares(1)
  const child = new Process(size, ['x'.repeat(33_000)])
  child.start()
  await child.join()
  console.log(child.exitCode)
  keepSpares(0)
})
