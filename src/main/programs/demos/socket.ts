// Two processes and a socket: bytes go both ways, and the two must agree on what they mean.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { main, Process, Queue, sleep } from 'forkscope'

export async function server(ports: Queue<number>) {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const connected = once(listener, 'connection')
  await ports.put((listener.address() as AddressInfo).port)
  const [socket] = (await connected) as [Socket]
  for await (const line of createInterface({ input: socket })) {
    console.log(`asked for the square of ${line}`)
    await sleep(500)
    socket.write(`${Number(line) ** 2}\n`)
  }
  console.log('the other end has hung up')
  listener.close()
}

export async function client(ports: Queue<number>) {
  const socket = connect(await ports.get(), '127.0.0.1')
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  for (let i = 1; i <= 5; i++) {
    socket.write(`${i}\n`)
    const { value } = await answers.next()
    console.log(`the square of ${i} is ${value}`)
    await sleep(500)
  }
  socket.end()
}

main(import.meta, async () => {
  const ports = new Queue<number>({ name: 'port' }) // only to say where the socket is
  new Process(server, [ports]).start()
  new Process(client, [ports]).start()
})
