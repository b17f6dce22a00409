/** How many numbers a second go from one child to another by `process.send`, through their parent. Arguments: serialization, count. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [how, count, part] = [process.argv[2], Number(process.argv[3]), process.argv[4]]

if (part === 'producer') {
  for (let i = 0; i < count; i++) {
    // Without waiting now and then, all of them would be kept in memory first.
    if (!process.send(i)) await new Promise((resolve) => setImmediate(resolve))
  }
} else if (part === 'consumer') {
  let [got, start] = [0, 0]
  process.on('message', (item) => {
    if (item !== got++) throw new Error('wrong item')
    if (got === 1) start = performance.now()
    if (got < count) return
    console.log((count - 1) / ((performance.now() - start) / 1000))
    process.disconnect()
  })
} else {
  const options = { serialization: how }
  const consumer = fork(fileURLToPath(import.meta.url), [how, String(count), 'consumer'], options)
  const producer = fork(fileURLToPath(import.meta.url), [how, String(count), 'producer'], options)
  producer.on('message', (item) => consumer.send(item))
  consumer.on('exit', () => producer.kill())
}
