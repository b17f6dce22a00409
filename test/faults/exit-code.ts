/** A target says how its process ended. */
import { main, Process } from 'forkscope'

export async function sets(): Promise<void> {
  process.exitCode = 3
}

export function exits(): void {
  process.exit(3)
}

main(import.meta, async () => {
  for (const target of [sets, exits]) {
    const child = new Process(target)
    child.start()
    await child.join()
    console.log(child.exitCode)
  }
})
