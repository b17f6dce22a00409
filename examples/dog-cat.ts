/** Two processes at once: the smallest program with processes. */
import { main, Process, sleep } from 'forkscope'

export async function dog() {
  for (let i = 0; i < 5; i++) {
    console.log(`www${i}`)
    await sleep(1500)
  }
}

export async function cat() {
  for (let i = 0; i < 5; i++) {
    console.log(`mmm${i}`)
    await sleep(1000)
  }
}

main(import.meta, async () => {
  const [t1, t2] = [new Process(dog), new Process(cat)]
  t1.start()
  t2.start()
  await t1.join()
  await t2.join()
  console.log('both are done')
})
