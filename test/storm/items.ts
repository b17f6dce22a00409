/** What goes through the storm's queues: numbers, and now and then bytes that are large enough to go by shared memory. */

export type Item = number | Uint8Array

const LEAST_BYTES = 40_000
const MOST_MORE_BYTES = 250_000
const HEAD_BYTES = 8

const sizeOf = (number: number) => LEAST_BYTES + ((number * 7_919) % MOST_MORE_BYTES)

export function itemOf(number: number, large: boolean): Item {
  if (!large) return number
  const bytes = new Uint8Array(sizeOf(number)).fill(number)
  new DataView(bytes.buffer).setFloat64(0, number)
  return bytes
}

/** @returns the number of an item; NaN if it is not whole */
export function numberOf(item: Item): number {
  if (typeof item === 'number') return item
  const number = new DataView(item.buffer, item.byteOffset).getFloat64(0)
  const isWhole = item.length === sizeOf(number) && item.subarray(HEAD_BYTES).every((byte) => byte === (number & 0xff))
  return isWhole ? number : Number.NaN
}
