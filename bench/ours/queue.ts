/**
 * How many items a second go through a Queue between two processes. Arguments: how (one, many, bytes), count, bytes of each
 * (0: numbers). With bytes, each item is a Uint8Array that begins with its number. Of each text, number, length and end are
 * checked, of one in seventeen all of it: V8 takes longer to compare long texts than to send them.
 */
import { main, Process, Queue } from '../../dist/multiprocessing/index.js'

const MOST = 1_024
const BATCH_BYTES = 1_048_576

const HEAD = 16
const KINDS = 16

/** Texts that begin with their number. They are made before, and each is put again and again: what making one costs is not the queue's. */
function textsOf(size: number): string[] {
  return Array.from({ length: KINDS }, (_, i) => {
    const bytes = Buffer.alloc(Math.max(HEAD, size), 'x')
    bytes.write(String(i).padStart(HEAD, '0'))
    return bytes.toString('latin1')
  })
}

/** Numbers where there are no texts. */
function item(i: number, texts: readonly string[] | null): number | string {
  return texts ? (texts[i % KINDS] as string) : i
}

const END = 16

function isText(value: string, i: number, texts: readonly string[]): boolean {
  const text = texts[i % KINDS] as string
  if (i % (KINDS + 1) === 0) return value === text
  return value.length === text.length && value.startsWith(text.slice(0, HEAD)) && value.endsWith(text.slice(-END))
}

function bytesItem(i: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

function isBytesItem(value: Uint8Array, i: number, body: Uint8Array): boolean {
  const number = new DataView(value.buffer, value.byteOffset).getUint32(0)
  return number === i && Buffer.compare(value.subarray(4), body.subarray(4)) === 0
}

export async function produce(queue: Queue<number | string | Uint8Array>, how: string, count: number, size: number) {
  const texts = size > 0 ? textsOf(size) : null
  if (how === 'bytes') {
    const body = new Uint8Array(size).fill(7)
    for (let i = 0; i < count; i++) await queue.put(bytesItem(i, body))
  } else if (how === 'many') {
    const batch = Math.min(MOST, Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, size))))
    for (let i = 0; i < count; i += batch) {
      const items: (number | string)[] = []
      for (let j = i; j < Math.min(count, i + batch); j++) items.push(item(j, texts))
      await queue.putMany(items)
    }
  } else for (let i = 0; i < count; i++) await queue.put(item(i, texts))
}

const [how = 'one', count, size] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word))) as [
  string,
  number,
  number,
]
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue<number | string | Uint8Array>()
  const texts = size > 0 ? textsOf(size) : null
  const bytes = new Uint8Array(size).fill(7)
  const producer = new Process(produce, [queue, how, count, size])
  producer.start()
  let [got, first, start] = [0, 0, 0]
  const check = (value: number | string | Uint8Array) => {
    const right =
      typeof value === 'number'
        ? value === got && !texts
        : typeof value === 'string'
          ? texts !== null && isText(value, got, texts)
          : isBytesItem(value, got, bytes)
    if (!right) throw new Error(`wrong item ${got}`)
    got++
  }
  while (got < count) {
    if (how === 'many') for (const value of await queue.getMany()) check(value)
    else check(await queue.get())
    if (start === 0) {
      start = performance.now()
      first = got
    }
  }
  console.log((count - first) / ((performance.now() - start) / 1000))
  await producer.join()
})
