/** Pipes: both ways at once, in order, large, several at once, handed on, and their end from either side. */
import { type Connection, EndOfFileError, main, Pipe, Process, StateError } from 'forkscope'
import { joinAll, print, range, sorted } from './in-python-words.ts'

export async function countTo(connection: Connection, limit: number) {
  for (const number of range(limit)) await connection.send(number)
  await connection.close()
}

export async function echo(connection: Connection) {
  try {
    for (;;) await connection.send(await connection.recv())
  } catch (error) {
    if (!(error instanceof EndOfFileError)) throw error
    await connection.close()
  }
}

export async function handOver(connection: Connection) {
  const inner = (await connection.recv()) as Connection
  await inner.send('by the one that was handed over')
  await inner.close()
  await connection.send('done')
}

function start(process: Process) {
  process.start()
  return process
}

/** What Python says of the same: true for the end, the word for everything else that is refused. */
async function raised(call: () => Promise<unknown>): Promise<boolean | string | null> {
  try {
    await call()
    return null
  } catch (error) {
    if (error instanceof EndOfFileError) return true
    if (error instanceof StateError) return 'error'
    throw error
  }
}

async function receiveAll(reader: Connection, seen: unknown[]) {
  const next = async () => seen.push(await reader.recv())
  while ((await raised(next)) === null);
}

main(import.meta, async () => {
  const [ours, theirs] = Pipe()
  const echoing = start(new Process(echo, [theirs]))
  for (const number of range(5)) await ours.send([number, 'x'.repeat(number)])
  const received: unknown[] = []
  for (const _ of range(5)) received.push(await ours.recv())
  print('in order:', received)
  await ours.send('y'.repeat(3_000_000))
  print('large:', ((await ours.recv()) as string).length, await ours.poll())
  await ours.send('there')
  const inTime = [await ours.poll({ timeoutMs: 30_000 }), await ours.poll({ timeoutMs: 0 })]
  print('within its time:', ...inTime, await ours.recv(), await ours.poll({ timeoutMs: 20 }))
  print('both ways:', ours.readable, ours.writable)
  echoing.terminate()
  await echoing.join()

  const pipes = range(1, 4).map((limit) => ({ limit, pipe: Pipe({ duplex: false }) }))
  const processes = pipes.map(({ limit, pipe }) => start(new Process(countTo, [pipe[1], limit])))
  await Promise.all(pipes.map(({ pipe }) => pipe[1].close()))
  const seen: number[] = []
  await Promise.all(pipes.map(({ pipe }) => receiveAll(pipe[0], seen)))
  print('from several:', sorted(seen))
  await joinAll(processes)

  const [receiver, sender] = Pipe({ duplex: false })
  print('one way:', [receiver.readable, receiver.writable], [sender.readable, sender.writable])
  print('the wrong way:', await raised(() => receiver.send(1)), await raised(() => sender.recv()))
  await sender.send('before the end')
  await sender.close()
  const last = [await receiver.poll(), await receiver.recv(), await receiver.poll()]
  print('what was sent comes first:', ...last, await raised(() => receiver.recv()))
  print('again the end:', await raised(() => receiver.recv()))
  await receiver.close()
  await receiver.close()
  print('closed:', await raised(() => receiver.recv()), await raised(() => sender.close()))

  const [left, right] = Pipe()
  await right.close()
  print('nobody receives:', (await raised(() => left.send(1))) !== null, await left.poll())
  const [here, there] = Pipe()
  const [inner, outer] = Pipe()
  const handing = start(new Process(handOver, [there]))
  await here.send(outer)
  print('handed over:', await inner.recv(), await here.recv())
  await handing.join()
  print('its end:', handing.exitCode)
})
