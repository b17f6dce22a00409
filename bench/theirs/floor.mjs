/** How many messages of so many bytes a second a bare stream between two processes carries, written 16 at a time. Arguments: bytes, count. */
import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const [bytes, count, part] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]

if (part) {
  const socket = new Socket({ fd: 3, readable: false, writable: true })
  const many = Buffer.alloc(16 * bytes, 'x')
  for (let i = 0; i < count; i += 16) await new Promise((resolve) => socket.write(many, resolve))
  socket.end()
} else {
  const args = [fileURLToPath(import.meta.url), String(bytes), String(count), 'writer']
  const { stdio } = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  let [got, start, first] = [0, 0, 0]
  stdio[3].on('data', (chunk) => {
    if (chunk[0] !== 120 || chunk.at(-1) !== 120) throw new Error('wrong bytes')
    got += chunk.byteLength
    if (start === 0) [start, first] = [performance.now(), got]
  })
  stdio[3].on('end', () => console.log((got - first) / bytes / ((performance.now() - start) / 1000)))
}
