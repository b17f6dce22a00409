/** The same with nothing but `child_process.fork`. Argument: count. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

if (process.send) {
  process.send(1)
  process.disconnect()
} else {
  const times = []
  for (let i = 0; i < Number(process.argv[2]); i++) {
    const start = performance.now()
    const child = fork(fileURLToPath(import.meta.url))
    const [message] = await once(child, 'message')
    if (message !== 1) throw new Error('wrong message')
    times.push(performance.now() - start)
    await once(child, 'exit')
  }
  console.log(1000 / times.sort((a, b) => a - b)[times.length >> 1])
}
