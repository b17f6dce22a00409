/** Many items in one payload: `u32 count · u32 length of each · the items`, big-endian. Nobody decodes them on the way. */
import { WireError } from '../errors.ts'

const FIELD_BYTES = 4

/** Larger items on average are not copied together, but written one behind the other. */
const COPY_BYTES = 1_024

/** @returns the payload in parts, to be written in this order */
export function packItems(items: readonly Uint8Array[]): Uint8Array[] {
  let total = 0
  for (const item of items) total += item.byteLength
  const tableBytes = FIELD_BYTES * (1 + items.length)
  const together = total <= COPY_BYTES * items.length
  const packed = Buffer.allocUnsafe(together ? tableBytes + total : tableBytes)
  packed.writeUInt32BE(items.length, 0)
  let at = tableBytes
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Uint8Array
    packed.writeUInt32BE(item.byteLength, FIELD_BYTES * (1 + i))
    if (!together) continue
    packed.set(item, at)
    at += item.byteLength
  }
  return together ? [packed] : [packed, ...items]
}

/** @returns the items, as views of the payload; throws WireError if it is not what {@link packItems} makes */
export function unpackItems(payload: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const count = bytes.byteLength >= FIELD_BYTES ? bytes.readUInt32BE(0) : -1
  let at = FIELD_BYTES * (1 + count)
  if (count < 0 || at > bytes.byteLength) throw new WireError('A message carries items that cannot be read.')
  const items = new Array<Uint8Array>(count)
  for (let i = 0; i < count; i++) {
    const end = at + bytes.readUInt32BE(FIELD_BYTES * (1 + i))
    if (end > bytes.byteLength) throw new WireError('A message carries items that cannot be read.')
    items[i] = bytes.subarray(at, end)
    at = end
  }
  return items
}
