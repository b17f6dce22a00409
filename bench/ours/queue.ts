/**
 * How many items a second go through a Queue between two processes. Arguments: how (one, many, bytes), count, bytes of each
 * (0: numbers). With bytes, each item is a Uint8Array that begins with its number.
 */
import { main, Process, Queue } from '../../dist/multiprocessing/index.js'

const MOST = 1_024
const BATCH_BYTES = 1_048_576

const HEAD = 16

/** A text that begins with its number; the rest is the same for all, so that making it costs little. */
function item(i: number, body: string): number | string {
  return body === '' ? i : String(i).padStart(HEAD, '0') + body
}

/** Every character is looked at. */
function isItem(value: number | string, i: number, body: string): boolean {
  if (typeof value === 'number') return body === '' && value === i
  return value.slice(0, HEAD) === String(i).padStart(HEAD, '0') && value.slice(HEAD) === body
}

function bytesItem(i: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(7)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

function isBytesItem(value: Uint8Array, i: number, body: Uint8Array): boolean {
  const number = new DataView(value.buffer, value.byteOffset).getUint32(0)
  return number === i && Buffer.compare(value.subarray(4), body.subarray(4)) === 0
}

const bodyOf = (size: number) => 'x'.repeat(Math.max(0, size - HEAD))

export async function produce(queue: Queue<number | string | Uint8Array>, how: string, count: number, size: number) {
  const body = bodyOf(size)
  if (how === 'bytes') for (let i = 0; i < count; i++) await queue.put(bytesItem(i, size))
  else if (how === 'many') {
    const batch = Math.min(MOST, Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, size))))
    for (let i = 0; i < count; i += batch) {
      await queue.putMany(Array.from({ length: Math.min(batch, count - i) }, (_, j) => item(i + j, body)))
    }
  } else for (let i = 0; i < count; i++) await queue.put(item(i, body))
}

const [how = 'one', count, size] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word))) as [
  string,
  number,
  number,
]
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue<number | string | Uint8Array>()
  const body = bodyOf(size)
  const bytes = new Uint8Array(size).fill(7)
  const producer = new Process(produce, [queue, how, count, size])
  producer.start()
  let [got, first, start] = [0, 0, 0]
  while (got < count) {
    const values = how === 'many' ? await queue.getMany() : [await queue.get()]
    for (const value of values) {
      const right = typeof value === 'object' ? isBytesItem(value, got++, bytes) : isItem(value, got++, body)
      if (!right) throw new Error(`wrong item ${got}`)
    }
    if (start === 0) {
      start = performance.now()
      first = got
    }
  }
  console.log((count - first) / ((performance.now() - start) / 1000))
  await producer.join()
})
