/** Many keys and values in one payload: `u32 length · JSON of keys and lengths · the values, one behind the other`. */
import { isCount, isText } from '../../shared/checks.ts'
import { WireError } from '../errors.ts'

interface Index {
  keys: string[]
  lengths: number[]
}

const PREFIX_BYTES = 4

export function packValues(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array[] {
  const index: Index = { keys: entries.map(([key]) => key), lengths: entries.map(([, bytes]) => bytes.byteLength) }
  const text = Buffer.from(JSON.stringify(index))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(text.byteLength)
  return [prefix, text, ...entries.map(([, bytes]) => bytes)]
}

/** @throws WireError if the payload is not what {@link packValues} makes */
export function unpackValues(payload: Uint8Array): [string, Uint8Array][] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  try {
    let at = PREFIX_BYTES + bytes.readUInt32BE(0)
    const { keys, lengths } = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, at)) as Index
    return keys.map((key, i): [string, Uint8Array] => {
      const from = at
      if (!isText(key) || !isCount(lengths[i])) throw new RangeError('no key, or no length')
      at += lengths[i] as number
      if (at > bytes.byteLength) throw new RangeError('too short')
      return [key, bytes.subarray(from, at)]
    })
  } catch (cause) {
    throw new WireError('A message carries values that cannot be read.', { cause })
  }
}
