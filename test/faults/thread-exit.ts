/** A thread that does not end well: `HOW` says why. */
import { main, Thread } from 'forkscope'

export function exits(): void {
  process.exit(3)
}

export function throwsLater(): void {
  setTimeout(() => {
    throw new Error('thrown by a timer')
  }, 10)
}

const targets = { exits, throwsLater }

main(import.meta, async () => {
  const thread = new Thread(targets[process.env.HOW as keyof typeof targets])
  thread.start()
  await thread.join()
  console.log('joined')
})
