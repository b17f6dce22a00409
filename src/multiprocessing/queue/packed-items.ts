/** Many items in one payload: `u32 count · u32 length of each · the items`, big-endian. Nobody decodes them on the way. */
import { WireError } from '../errors.ts'

const FIELD_BYTES = 4

export function packItems(items: readonly Uint8Array[]): Uint8Array {
  let total = FIELD_BYTES * (1 + items.length)
  for (const item of items) total += item.byteLength
  const packed = Buffer.allocUnsafe(total)
  packed.writeUInt32BE(items.length, 0)
  let at = FIELD_BYTES * (1 + items.length)
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Uint8Array
    packed.writeUInt32BE(item.byteLength, FIELD_BYTES * (1 + i))
    packed.set(item, at)
    at += item.byteLength
  }
  return packed
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
